package ai.cifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.terminal.Captured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Executes every command of `docs/how-to-simulate.md`.
@Tag("slow")
class HowToSimulateTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern FENCE = Pattern.compile("(?s)```sh\\n(.*?)```");

  @TempDir Path folder;

  private final Captured captured = Captured.file();

  @Test
  void everyCommandRuns() throws IOException {
    int commands = 0;
    Matcher fence = FENCE.matcher(Files.readString(ROOT.resolve("docs/how-to-simulate.md")));
    while (fence.find()) {
      for (String line : fence.group(1).lines().toList()) {
        assertThat(Cifer.run(captured.terminal(), words(line)))
            .as(line + "\n" + captured.err())
            .isZero();
        commands++;
      }
    }
    assertThat(commands).isEqualTo(9);
    assertThat(captured.out())
        .contains("10 clients of 200, 2 rounds in", "5 clients of 20, 1 round in", "prox");
  }

  /// What lies in the project is read there, what is written goes to the folder.
  private String[] words(String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    assertThat(words.removeFirst()).isEqualTo("cifer");
    for (int i = 0; i < words.size(); i++) {
      String before = i == 0 ? "" : words.get(i - 1);
      if (words.get(i).startsWith("examples/")) {
        words.set(i, ROOT.resolve(words.get(i)).toString());
      } else if (before.equals("--out") || before.equals("--client-data")) {
        words.set(i, folder.resolve(words.get(i)).toString());
      }
    }
    if (words.getFirst().equals("simulate") || words.getFirst().equals("runs")) {
      words.addAll(List.of("--runs", folder.resolve("runs").toString()));
    }
    return words.toArray(String[]::new);
  }
}
