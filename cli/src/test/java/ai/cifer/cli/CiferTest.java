package ai.cifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Captured;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class CiferTest {

  private final Captured captured = Captured.file();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dmeo                        | unknown command: dmeo (did you mean demo?)
          demo --round 3              | unknown option: --round (did you mean --rounds?)
          demo --rounds=x             | invalid value for option '--rounds': 'x' is not an int
          demo --format yaml          | invalid value for option '--format': yaml (expected: text or json)
          demo --rounds 0             | --rounds: 0 (expected: >= 1)
          demo --clients 1            | --clients: 1 (expected: 2 to 64; each is a process, and a sum of one is its update)
          demo --alpha 0              | --alpha: 0.0 (expected: > 0)
          demo --plain --compare      | --plain and --compare are both there (expected: one; --compare runs both)
          server                      | missing required option: '--config=FILE'
          server --confg a.json       | missing required option: '--config=FILE'
          certs                       | missing required subcommand
          certs sgn                   | unknown command: sgn (did you mean sign?)
          certs init --out x --days 0 | --days: 0 (expected: >= 1)
          data split x                | missing required options: '--clients=N', '--out=FOLDER'
          runs list extra             | unknown argument: extra
          """)
  void aCommandLineThatIsNotUnderstood(String words, String message) {
    int code = Cifer.run(captured.terminal(), words.split(" "));
    assertThat(captured.err()).startsWith("error: " + message);
    assertThat(captured.err()).endsWith("(exit code 2, see docs/errors/2.md)\n");
    assertThat(code).isEqualTo(ExitCode.USAGE.number());
    assertThat(captured.out()).isEmpty();
  }

  static Stream<String> commands() {
    List<String> names = new ArrayList<>();
    collect(Cifer.commandLine(Captured.file().terminal()), "", names);
    return names.stream();
  }

  private static void collect(CommandLine command, String path, List<String> names) {
    names.add(path);
    command
        .getSubcommands()
        .forEach((name, below) -> collect(below, (path + " " + name).strip(), names));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandExplainsItselfWithAnExample(String command) {
    String[] words = (command + " --help").strip().split(" ");
    assertThat(Cifer.run(captured.terminal(), words)).isZero();
    assertThat(captured.out()).contains("Usage: cifer " + command).contains("Example");
    assertThat(captured.out().lines()).allMatch(line -> line.length() <= 90);
    assertThat(captured.err()).isEmpty();
  }

  @Test
  void withoutWordsItHelps() {
    assertThat(Cifer.run(captured.terminal())).isZero();
    assertThat(captured.out()).contains("Commands").contains("demo").contains("key-holder");
  }

  @Test
  void theVersionNamesJava() {
    assertThat(Cifer.run(captured.terminal(), "--version")).isZero();
    assertThat(captured.out()).startsWith("cifer ").contains("Java 25");
  }

  @Test
  void helpIsColouredOnlyWhereColoursAre() {
    Captured coloured = Captured.watched(true);
    Cifer.run(coloured.terminal(), "demo", "--help");
    Cifer.run(captured.terminal(), "demo", "--help");
    assertThat(coloured.out()).contains("\033[");
    assertThat(captured.out()).doesNotContain("\033[");
  }

  @Test
  void aStackTraceOnlyWhereAskedFor() {
    Cifer.run(captured.terminal(), "model", "inspect", "no-such.safetensors");
    assertThat(captured.err()).doesNotContain("\tat ");
    Captured verbose = Captured.file();
    int code =
        Cifer.run(verbose.terminal(), "model", "inspect", "no-such.safetensors", "--verbose");
    assertThat(verbose.err()).contains("\tat ");
    assertThat(code).isEqualTo(ExitCode.MODEL_UNREADABLE.number());
  }
}
