package ai.cifer.cli;

import ai.cifer.cli.bench.Benchmarks;
import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Terminal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cifer bench`: what encryption costs here.
@Command(
    name = "bench",
    description = {
      "Measure what encryption costs on this machine, in one thread; under a minute in all."
    },
    synopsisHeading = "Usage: ",
    optionListHeading = "%nOptions%n",
    footerHeading = "%nWhat is measured%n",
    footer = {
      "  aggregate   encrypted sums, as in every federated round",
      "  ckks        arithmetic on encrypted real numbers",
      "  paillier    sums of encrypted integers, for interoperability",
      "  ntt         the transform on which the first two stand",
      "",
      "Times are the 10th percentile of many runs: what the machine can do when nothing disturbs.",
      "",
      "Examples",
      "  cifer bench",
      "  cifer bench aggregate --clients 16 --params 10000000",
      "  cifer bench ckks --format json > ckks.json"
    })
final class BenchCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Parameters(
      arity = "0..1",
      paramLabel = "WHAT",
      description = "aggregate, ckks, paillier or ntt (default: all four).")
  Optional<String> what = Optional.empty();

  @Option(
      names = "--clients",
      paramLabel = "N",
      description = "aggregate: clients of a round (default: 10).")
  Optional<Integer> clients = Optional.empty();

  @Option(
      names = "--params",
      paramLabel = "N",
      description = "aggregate: parameters of the model (default: 1000000).")
  Optional<Long> params = Optional.empty();

  @Option(
      names = "--each",
      paramLabel = "MILLIS",
      description =
          "How long each figure is measured (default: as long as a minute in all allows).")
  Optional<Integer> each = Optional.empty();

  @Mixin Common common = new Common();

  BenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    if (each.isPresent() && (each.get() < 1 || each.get() > 60_000)) {
      throw new CommandFailed(
          ExitCode.USAGE, "--each: %d (expected: 1 to 60000)".formatted(each.get()));
    }
    new Benchmarks(terminal, common.json(), each.map(Duration::ofMillis))
        .run(what, clients, params);
    return ExitCode.OK.number();
  }
}
