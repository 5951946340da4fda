package ai.cifer.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class JsonFileTest {

  private record Figures(int roundsDone, List<String> clientNames) {}

  /// Fails in the middle of being written.
  public static final class Broken {
    public String name() {
      return "broken";
    }

    public String getFirst() {
      return "first";
    }

    @SuppressWarnings("DoNotCallSuggester") // Jackson calls it.
    public String getSecond() {
      throw new IllegalStateException("second");
    }
  }

  @TempDir Path folder;

  @Test
  void names_areSnakeCase() throws Exception {
    Path file = folder.resolve("metrics.json");
    JsonFile.write(file, new Figures(3, List.of("a")));
    assertThat(Files.readString(file))
        .isEqualToNormalizingNewlines(
            """
            {
              "rounds_done" : 3,
              "client_names" : [ "a" ]
            }
            """);
    assertThat(names()).containsExactly("metrics.json");
  }

  @Test
  void whatCannotBeWritten_leavesTheFileOfBefore() throws Exception {
    Path file = folder.resolve("metrics.json");
    JsonFile.write(file, new Figures(1, List.of()));
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(() -> JsonFile.write(file, new Broken()))
        .isInstanceOf(JacksonException.class);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(names()).containsExactly("metrics.json");
  }

  @Test
  void whatACrashLeftBehind_isNoObstacle() throws Exception {
    Files.writeString(folder.resolve(".metrics.json.tmp"), "half of a file that is much longer");
    JsonFile.write(folder.resolve("metrics.json"), List.of());
    assertThat(folder.resolve("metrics.json")).hasContent("[ ]\n");
    assertThat(names()).containsExactly("metrics.json");
  }

  @Test
  void aMissingFolder_isAnError() {
    assertThatThrownBy(() -> JsonFile.write(folder.resolve("a/metrics.json"), List.of()))
        .isInstanceOf(NoSuchFileException.class);
  }

  /// Whoever reads while it is written sees the file of before or the new one, never a part.
  @Test
  void readersSeeWholeFilesOnly() throws Exception {
    Path file = folder.resolve("metrics.json");
    Figures small = new Figures(1, List.of("a"));
    Figures large = new Figures(2, Collections.nCopies(20_000, "client"));
    JsonFile.write(file, small);
    AtomicBoolean done = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              try {
                for (int i = 0; i < 20; i++) {
                  JsonFile.write(file, i % 2 == 0 ? large : small);
                }
              } catch (IOException failure) {
                throw new java.io.UncheckedIOException(failure);
              } finally {
                done.set(true);
              }
            });
    JsonMapper json = JsonMapper.builder().build();
    do {
      int names = json.readTree(Files.readAllBytes(file)).get("client_names").size();
      assertThat(names).isIn(1, 20_000);
    } while (!done.get());
    writer.join();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
