package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Terminal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cifer plan`: what a run costs and protects, before it begins.
@Command(
    name = "plan",
    description = {
      "Show what a run will cost and protect: bytes, memory, time, error, security, dropouts, in every mode.",
      "Nothing is started and no connection is made; the work is measured for some seconds."
    },
    synopsisHeading = "Usage: ",
    optionListHeading = "%nOptions%n",
    sortOptions = false,
    footerHeading = "%nExamples%n",
    footer = {
      "  cifer plan server.json",
      "  cifer plan server.json --set n_round_clients=16 --set threshold=majority",
      "  cifer plan server.json --examples 1200,800,90 --mbit 20",
      "  cifer plan server.json --format json > plan.json",
      "",
      "docs/reference-plan.md explains every figure."
    })
final class PlanCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Parameters(
      paramLabel = "CONFIG",
      description = "The configuration of a coordinator, as 'cifer server' takes it.")
  Path config = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any key of the configuration, instead of the file's; may be repeated.")
  Map<String, String> set = new LinkedHashMap<>();

  @Option(
      names = "--examples",
      paramLabel = "N,N,...",
      split = ",",
      description = "How many examples each client has (default: the same for all).")
  List<Long> examples = List.of();

  @Option(
      names = "--mbit",
      paramLabel = "N",
      defaultValue = "100",
      description = "Megabits a second of every connection, each way (default: ${DEFAULT-VALUE}).")
  double mbit = 100;

  @Option(names = "--no-times", description = "Do not measure how long the work takes.")
  boolean noTimes;

  @Mixin Common common = new Common();

  PlanCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    new Plan(terminal, common.json(), examples, mbit, !noTimes).run(config, set);
    return ExitCode.OK.number();
  }
}
