package ai.cifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.terminal.Captured;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.training.model.source.LoopbackGit;
import ai.cifer.training.model.source.LoopbackHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs what `docs/how-to-models.md` shows; its Python is run by the slow tests of training, its
/// configurations by ModelFormatsSystemTest.
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
  void everyCommandRuns() throws Exception {
    Files.copy(FIXTURES.resolve("images.h5"), folder.resolve("model.h5"));
    Files.copy(FIXTURES.resolve("state.pt"), folder.resolve("model.pt"));
    Files.copy(FIXTURES.resolve("graph.pt"), folder.resolve("graph.pt"));
    Files.copy(FIXTURES.resolve("graph.onnx"), folder.resolve("graph.onnx"));
    Files.copy(FIXTURES.resolve("steps.npz"), folder.resolve("data.npz"));
    List<String> printed = new ArrayList<>();
    try (LoopbackHub hub = LoopbackHub.start(FIXTURES.resolve("sharded"));
        LoopbackGit git = LoopbackGit.start(folder.resolve("served"))) {
      byte[] state = Files.readAllBytes(FIXTURES.resolve("state.pt"));
      git.commit(List.of(LoopbackGit.Entry.file("heart/state.pt", state)));
      for (String line : blocks("sh").stream().flatMap(String::lines).toList()) {
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ", -1)) {
          boolean file = !word.contains(":") && (word.contains(".") || isOut(words));
          words.add(file ? folder.resolve(word).toString() : word);
        }
        words.removeFirst();
        if (words.contains("fetch")) {
          words.addAll(List.of("--hub", hub.base().toString(), "--github", git.base().toString()));
        }
        Captured captured = Captured.file();
        assertThat(Cifer.run(captured.terminal(), words.toArray(String[]::new)))
            .as(line + captured.err())
            .isZero();
        printed.add(captured.out());
      }
    }
    assertThat(printed).hasSize(12);
    assertThat(printed.get(8)).startsWith("equal");
    assertThat(folder.resolve("repository/heart/state.pt")).exists();
    // The same network with the same values.
    String loss = printed.get(11).replaceAll("(?s).*(loss .*)", "$1");
    assertThat(printed.get(10)).contains(loss.strip());
    assertThat(printed.get(10)).contains("outputs [12, 4]");
  }

  private static boolean isOut(List<String> words) {
    return !words.isEmpty() && words.getLast().equals("--out");
  }

  @Test
  void everyConfigurationIsRead() throws Exception {
    for (String json : blocks("json")) {
      Path file = Files.writeString(folder.resolve("server.json"), json);
      assertThat(ServerConfig.read(file, Map.of()).model()).isPresent();
    }
    assertThat(blocks("json")).hasSize(3);
  }
}
