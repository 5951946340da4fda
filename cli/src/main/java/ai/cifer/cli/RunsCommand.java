package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Terminal;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cifer runs`: what was run.
@Command(
    name = "runs",
    description = "List runs, show one round by round, draw its curves, go on with one.",
    synopsisHeading = "Usage: ",
    commandListHeading = "%nCommands%n",
    optionListHeading = "%nOptions%n",
    footerHeading = "%nExamples%n",
    footer = {
      "  cifer runs list",
      "  cifer runs show",
      "  cifer runs plot --out curves.png",
      "  cifer runs resume"
    })
final class RunsCommand {

  private static final String WHICH = "The run's id or folder; the newest one when it is left out.";
  private static final String WHERE = "Where runs lie (default: ${DEFAULT-VALUE}).";

  private final Terminal terminal;

  @Mixin HelpOption help = new HelpOption();

  RunsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(
      name = "list",
      description = "One line a run, the newest last.",
      optionListHeading = "%nOptions%n",
      footer = {"%nExample%n  cifer runs list"})
  int list(
      @Option(names = "--runs", paramLabel = "FOLDER", defaultValue = "runs", description = WHERE)
          Path runs,
      @Mixin Common common)
      throws Exception {
    new Runs(terminal, common.json(), runs).list();
    return ExitCode.OK.number();
  }

  @Command(
      name = "show",
      description = "One line a round: participants, quality, bytes, seconds.",
      optionListHeading = "%nOptions%n",
      footer = {"%nExample%n  cifer runs show"})
  int show(
      @Parameters(paramLabel = "RUN", arity = "0..1", description = WHICH) Optional<String> run,
      @Option(names = "--runs", paramLabel = "FOLDER", defaultValue = "runs", description = WHERE)
          Path runs,
      @Mixin Common common)
      throws Exception {
    new Runs(terminal, common.json(), runs).show(run);
    return ExitCode.OK.number();
  }

  @Command(
      name = "plot",
      description = "Draw accuracy, loss and bytes of each round as a PNG.",
      optionListHeading = "%nOptions%n",
      footer = {"%nExample%n  cifer runs plot --out curves.png"})
  int plot(
      @Parameters(paramLabel = "RUN", arity = "0..1", description = WHICH) Optional<String> run,
      @Option(names = "--runs", paramLabel = "FOLDER", defaultValue = "runs", description = WHERE)
          Path runs,
      @Option(
              names = "--out",
              paramLabel = "FILE",
              description = "The picture (default: curves.png in the run's folder).")
          Optional<Path> out,
      @Mixin Common common)
      throws Exception {
    new Runs(terminal, common.json(), runs).plot(run, out);
    return ExitCode.OK.number();
  }

  @Command(
      name = "resume",
      description = {
        "Go on with a run whose coordinator ended before it was finished, where it stood:",
        "with the configuration and options that it was started with, and the same model as if",
        "nothing had happened."
      },
      optionListHeading = "%nOptions%n",
      footer = {"%nExample%n  cifer runs resume 20261125-170000-000"})
  int resume(
      @Parameters(paramLabel = "RUN", arity = "0..1", description = WHICH) Optional<String> run,
      @Option(names = "--runs", paramLabel = "FOLDER", defaultValue = "runs", description = WHERE)
          Path runs,
      @Mixin Common common)
      throws Exception {
    ServerWords words = new Runs(terminal, common.json(), runs).words(run);
    RoleOptions role = new RoleOptions();
    role.config = Path.of(words.config());
    return new Coordination(terminal, role, words.overrides(), common.json())
        .run(Optional.empty(), Optional.empty(), Optional.empty())
        .number();
  }
}
