package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.exit.Failure;
import ai.cifer.cli.experiment.ExportKind;
import ai.cifer.cli.log.LogUse;
import ai.cifer.cli.process.StandardError;
import ai.cifer.cli.terminal.Terminal;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// The `cifer` command.
///
/// Failures are one message and a number (see [ExitCode]); a stack trace appears only with
/// `--verbose`. Commands hold nothing but options: what they do lies in classes that are loaded
/// when they run, so that help appears at once.
@Command(
    name = "cifer",
    versionProvider = Version.class,
    header = "Federated learning in which nobody reads anybody's update.%n",
    synopsisHeading = "Usage: ",
    customSynopsis = "cifer COMMAND [options]",
    commandListHeading = "%nCommands%n",
    optionListHeading = "%nOptions%n",
    footerHeading = "%nExamples%n",
    footer = {
      "  cifer demo                         four organisations train a model on real images",
      "  cifer demo --compare               encrypted and unencrypted, side by side",
      "  cifer simulate --help              many clients on this machine",
      "  cifer certs init --out authority   begin a federation of your own",
      "  cifer server --help                how a coordinator is run",
      "  cifer bench                        what encryption costs on this machine",
      "",
      "'cifer COMMAND --help' explains a command. Every exit code has a page in docs/errors/.",
      "In a checkout of the project, './cifer test' runs its tests."
    })
public final class Cifer {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  boolean version;

  private Cifer() {}

  /// Runs the command and ends the process with its exit code.
  public static void main(String[] words) {
    StandardError.restore();
    int code = run(Terminal.ofSystem(System.getenv()), words);
    // System.exit writes to a log first. Where nothing has loaded the logging library, and so
    // nothing has started a thread, returning is enough and takes half the time.
    if (code != 0 || LogUse.begun()) {
      System.exit(code);
    }
  }

  /// Runs the command in this process.
  ///
  /// @return the exit code, see [ExitCode]
  public static int run(Terminal terminal, String... words) {
    try {
      return commandLine(terminal).execute(words.length == 0 ? new String[] {"--help"} : words);
    } catch (Error error) {
      return failed(terminal, error, List.of(words));
    }
  }

  static CommandLine commandLine(Terminal terminal) {
    return new CommandLine(new Cifer())
        .addSubcommand(new DemoCommand(terminal))
        .addSubcommand(new ServerCommand(terminal))
        .addSubcommand(new ClientCommand(terminal))
        .addSubcommand(new KeyHolderCommand(terminal))
        .addSubcommand(new SimulateCommand(terminal))
        .addSubcommand(new CertsCommand(terminal))
        .addSubcommand(new KeysCommand(terminal))
        .addSubcommand(new DataCommand(terminal))
        .addSubcommand(new ModelCommand(terminal))
        .addSubcommand(new RunsCommand(terminal))
        .addSubcommand(new PlanCommand(terminal))
        .addSubcommand(new BenchCommand(terminal))
        .addSubcommand(new CompletionCommand(terminal))
        .setColorScheme(Help.defaultColorScheme(terminal.coloured() ? Help.Ansi.ON : Help.Ansi.OFF))
        .registerConverter(Format.class, Format::of)
        .registerConverter(ExportKind.class, ExportKind::of)
        .setUsageHelpWidth(90)
        .setOut(terminal.outWriter())
        .setErr(terminal.errWriter())
        .setParameterExceptionHandler((failure, words) -> misunderstood(terminal, failure))
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> failed(terminal, failure, parsed.originalArgs()));
  }

  private static int misunderstood(Terminal terminal, ParameterException failure) {
    String message =
        "%s\n       '%s --help' lists what is understood"
            .formatted(
                UsageError.message(failure),
                failure.getCommandLine().getCommandSpec().qualifiedName());
    terminal.printError(new Failure(ExitCode.USAGE, message).printed());
    return ExitCode.USAGE.number();
  }

  private static int failed(Terminal terminal, Throwable thrown, List<String> words) {
    Failure failure = Failure.of(thrown);
    terminal.printError(failure.printed());
    if (words.contains(Common.VERBOSE)) {
      terminal.printTrace(thrown);
    }
    return failure.code().number();
  }
}
