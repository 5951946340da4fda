package ai.cifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.terminal.Captured;
import ai.cifer.node.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs what `docs/how-to-models.md` shows; its Python is run by the slow tests of training.
class HowToModelsTest {

  private static final Path FIXTURES = Path.of("../training/src/test/resources/fixtures/models");

  @TempDir Path folder;

  private static List<String> blocks(String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(Path.of("../docs/how-to-models.md")))
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  @Test
  void everyCommandRuns() throws IOException {
    Files.copy(FIXTURES.resolve("images.h5"), folder.resolve("model.h5"));
    Files.copy(FIXTURES.resolve("state.pt"), folder.resolve("model.pt"));
    String last = "";
    int commands = 0;
    for (String line : blocks("sh").stream().flatMap(String::lines).toList()) {
      String[] words =
          Arrays.stream(line.split(" ", -1))
              .skip(1)
              .map(word -> word.contains(".") ? folder.resolve(word).toString() : word)
              .toArray(String[]::new);
      Captured captured = Captured.file();
      assertThat(Cifer.run(captured.terminal(), words)).as(line).isZero();
      last = captured.out();
      commands++;
    }
    assertThat(commands).isEqualTo(7);
    assertThat(last).startsWith("equal");
  }

  @Test
  void everyConfigurationIsRead() throws Exception {
    for (String json : blocks("json")) {
      Path file = Files.writeString(folder.resolve("server.json"), json);
      assertThat(ServerConfig.read(file, Map.of()).model()).isPresent();
    }
    assertThat(blocks("json")).hasSize(2);
  }
}
