package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.experiment.ExportKind;
import ai.cifer.cli.terminal.Terminal;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cifer runs`: what was run.
@Command(
    name = "runs",
    description = {
      "List runs, show one round by round, draw its curves, compare and export them,",
      "go on with one that was not finished."
    },
    synopsisHeading = "Usage: ",
    commandListHeading = "%nCommands%n",
    optionListHeading = "%nOptions%n",
    footerHeading = "%nExamples%n",
    footer = {
      "  cifer runs list",
      "  cifer runs show",
      "  cifer runs plot --out curves.png",
      "  cifer runs compare first second --out compared.png",
      "  cifer runs export --to mlflow --out mlruns",
      "  cifer runs void --reason \"clinic-3 lost its disk\"",
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
      name = "compare",
      description = {
        "Runs beside each other: what each came to, and the settings in which they differ."
      },
      optionListHeading = "%nOptions%n",
      footer = {"%nExample%n  cifer runs compare with-fedavg with-fedyogi --out compared.png"})
  int compare(
      @Parameters(
              paramLabel = "RUN",
              arity = "2..8",
              description = "Ids or folders of two to eight runs.")
          List<String> which,
      @Option(names = "--runs", paramLabel = "FOLDER", defaultValue = "runs", description = WHERE)
          Path runs,
      @Option(
              names = "--out",
              paramLabel = "FILE",
              description = "Also draw their curves into one PNG.")
          Optional<Path> out,
      @Mixin Common common)
      throws Exception {
    new Runs(terminal, common.json(), runs).compare(which, out);
    return ExitCode.OK.number();
  }

  @Command(
      name = "export",
      description = "Write a run as a file or folder that other tools read.",
      optionListHeading = "%nOptions%n",
      footer = {
        "%nExamples%n  cifer runs export --to csv",
        "  cifer runs export --to tensorboard --out logs      then: tensorboard --logdir logs",
        "  cifer runs export --to mlflow --out mlruns         then: mlflow ui"
      })
  int export(
      @Parameters(paramLabel = "RUN", arity = "0..1", description = WHICH) Optional<String> run,
      @Option(names = "--runs", paramLabel = "FOLDER", defaultValue = "runs", description = WHERE)
          Path runs,
      @Option(
              names = "--to",
              paramLabel = "KIND",
              required = true,
              description = "csv, json, tensorboard or mlflow.")
          ExportKind kind,
      @Option(
              names = "--out",
              paramLabel = "PATH",
              description = {
                "Where (default: in the run's folder). For tensorboard and mlflow a folder",
                "that can take many runs."
              })
          Optional<Path> out,
      @Mixin Common common)
      throws Exception {
    new Runs(terminal, common.json(), runs).export(run, kind, out);
    return ExitCode.OK.number();
  }

  @Command(
      name = "logs",
      description = "Print what the processes of a run wrote into its folder.",
      optionListHeading = "%nOptions%n",
      footer = {"%nExample%n  cifer runs logs"})
  int logs(
      @Parameters(paramLabel = "RUN", arity = "0..1", description = WHICH) Optional<String> run,
      @Option(names = "--runs", paramLabel = "FOLDER", defaultValue = "runs", description = WHERE)
          Path runs,
      @Mixin Common common)
      throws Exception {
    new Runs(terminal, common.json(), runs).logs(run);
    return ExitCode.OK.number();
  }

  @Command(
      name = "void",
      description = {
        "End the round that is open without a result, instead of waiting for whoever is missing:",
        "nothing of it is opened any more, the model stays as it was, and the next round begins",
        "with those who are there. To be called where the coordinator runs; the event log says",
        "who asked for it, when and why."
      },
      optionListHeading = "%nOptions%n",
      footer = {"%nExample%n  cifer runs void --reason \"clinic-3 lost its disk\""})
  int endRound(
      @Parameters(paramLabel = "RUN", arity = "0..1", description = WHICH) Optional<String> run,
      @Option(names = "--runs", paramLabel = "FOLDER", defaultValue = "runs", description = WHERE)
          Path runs,
      @Option(
              names = "--reason",
              paramLabel = "TEXT",
              required = true,
              description = "Why; all participants are told.")
          String reason,
      @Mixin Common common)
      throws Exception {
    new Runs(terminal, common.json(), runs).endRound(run, reason, InstantSource.system());
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
