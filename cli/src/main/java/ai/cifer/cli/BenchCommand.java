package ai.cifer.cli;

import ai.cifer.cli.bench.Benchmarks;
import ai.cifer.cli.bench.round.RoundBench;
import ai.cifer.cli.bench.round.RoundPlan;
import ai.cifer.cli.bench.wire.WireMeasurement;
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
      "  round       whole rounds of processes over TLS, encrypted and unencrypted alternately;",
      "              only when asked for, it takes minutes",
      "  wire        streams over loopback TLS, by gRPC and WebSockets, beside the library alone;",
      "              only when asked for",
      "",
      "Times are the 10th percentile of many runs: what the machine can do when nothing disturbs.",
      "",
      "Examples",
      "  cifer bench",
      "  cifer bench aggregate --clients 16 --params 10000000",
      "  cifer bench ckks --format json > ckks.json",
      "  cifer bench round --clients 10 --params 10000000 --rounds 6 --pairs 3"
    })
final class BenchCommand implements Callable<Integer> {

  private static final String ROUND = "round";
  private static final String WIRE = "wire";
  private static final int CLIENTS = 10;
  private static final long PARAMS = 1_000_000;
  private static final int ROUNDS = 6;
  private static final int PAIRS = 2;
  private static final int WIRE_PAIRS = 5;
  private static final int MOST_PAIRS = 100;

  private final Terminal terminal;

  @Parameters(
      arity = "0..1",
      paramLabel = "WHAT",
      description = "aggregate, ckks, paillier, ntt (default: these four), round or wire.")
  Optional<String> what = Optional.empty();

  @Option(
      names = "--clients",
      paramLabel = "N",
      description = "aggregate, round: clients of a round (default: 10).")
  Optional<Integer> clients = Optional.empty();

  @Option(
      names = "--params",
      paramLabel = "N",
      description = "aggregate, round: parameters of the model (default: 1000000).")
  Optional<Long> params = Optional.empty();

  @Option(
      names = "--each",
      paramLabel = "MILLIS",
      description =
          "How long each figure is measured (default: as long as a minute in all allows).")
  Optional<Integer> each = Optional.empty();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "round: rounds of each run (default: 6).")
  Optional<Integer> rounds = Optional.empty();

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description =
          "round: how often an encrypted run follows an unencrypted one (default: 2); wire: how often"
              + " a link is measured after the library alone (default: 5).")
  Optional<Integer> pairs = Optional.empty();

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
    if (what.equals(Optional.of(ROUND))) {
      new RoundBench(terminal, common.json())
          .run(
              new RoundPlan(
                  clients.orElse(CLIENTS),
                  params.orElse(PARAMS),
                  rounds.orElse(ROUNDS),
                  pairs.orElse(PAIRS)));
      return ExitCode.OK.number();
    }
    if (what.equals(Optional.of(WIRE)) && rounds.isEmpty()) {
      int each = pairs.orElse(WIRE_PAIRS);
      if (each < 1 || each > MOST_PAIRS) {
        throw new CommandFailed(
            ExitCode.USAGE, "--pairs: %d (expected: 1 to %d)".formatted(each, MOST_PAIRS));
      }
      new WireMeasurement(terminal, common.json()).run(each);
      return ExitCode.OK.number();
    }
    if (rounds.isPresent() || pairs.isPresent()) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "--rounds, --pairs: given (expected: with bench round only; --pairs with bench wire, too)");
    }
    new Benchmarks(terminal, common.json(), each.map(Duration::ofMillis))
        .run(what, clients, params);
    return ExitCode.OK.number();
  }
}
