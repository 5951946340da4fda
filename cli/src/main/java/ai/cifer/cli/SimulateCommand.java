package ai.cifer.cli;

import ai.cifer.cli.terminal.Terminal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cifer simulate`: many clients on this machine.
@Command(
    name = "simulate",
    description = {
      "Run many clients on this machine: the same coordinator, clients and encryption as",
      "in a federation, without network, certificates and processes. The same seed gives",
      "the same model."
    },
    synopsisHeading = "Usage: ",
    optionListHeading = "%nOptions%n",
    sortOptions = false,
    footerHeading = "%nExamples%n",
    footer = {
      "  cifer simulate --data examples/data/fashion_mnist_26k.npz --clients 1000 --per-round 50",
      "  cifer simulate --data FILE --clients 100 --by dirichlet --alpha 0.1 --strategy fedprox",
      "  cifer simulate --config server.json --client-data partitions --per-round 10",
      "  cifer simulate --data FILE --clients 100 --dropout 0.1 --delay lognormal:20,0.5 \\",
      "    --deadline 40"
    })
final class SimulateCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "A coordinator's configuration; what it says of address and certificates is not used.",
        "The other options go before it."
      })
  Optional<Path> config = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "A dataset whose training split is dealt out to the clients.")
  Optional<Path> data = Optional.empty();

  @Option(
      names = "--client-data",
      paramLabel = "FOLDER",
      description = "Instead of --data: a file for each client, in the order of their names.")
  Optional<Path> clientData = Optional.empty();

  @Option(
      names = "--clients",
      paramLabel = "N",
      description = "How many clients there are (default: 100; with --client-data all files).")
  Optional<Integer> clients = Optional.empty();

  @Option(
      names = "--per-round",
      paramLabel = "N",
      description =
          "How many of them are drawn for each round (n_round_clients; default: 10, or all).")
  Optional<Integer> perRound = Optional.empty();

  @Option(
      names = "--by",
      paramLabel = "WAY",
      defaultValue = "iid",
      description =
          "How data is dealt out, as 'cifer data split' does: iid, dirichlet, label, quantity"
              + " (default: ${DEFAULT-VALUE}).")
  String by = "iid";

  @Option(
      names = "--alpha",
      paramLabel = "N",
      defaultValue = "0.5",
      description = "Dirichlet concentration (default: ${DEFAULT-VALUE}).")
  double alpha;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "The column of the classes, by name or number (default: the last).")
  Optional<String> label = Optional.empty();

  @Option(
      names = "--minimum",
      paramLabel = "N",
      defaultValue = "1",
      description = "Examples of the smallest client (default: ${DEFAULT-VALUE}).")
  int minimum;

  @Option(
      names = "--model",
      paramLabel = "NAME|FILE",
      description = "A fresh network, such as cnn, or a model file (default: model_path, or cnn).")
  Optional<String> model = Optional.empty();

  @Option(names = "--rounds", paramLabel = "N", description = "How many rounds (rounds).")
  Optional<Integer> rounds = Optional.empty();

  @Option(names = "--strategy", paramLabel = "NAME", description = "The strategy (strategy).")
  Optional<String> strategy = Optional.empty();

  @Option(
      names = "--encryption",
      paramLabel = "MODE",
      description = "secure-aggregation or none (encryption).")
  Optional<String> encryption = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Fixes data, samples, training and failures (seed; default: 1).")
  Optional<Long> seed = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any key of a coordinator's configuration; may be repeated.")
  Map<String, String> set = new LinkedHashMap<>();

  @Option(
      names = "--dropout",
      paramLabel = "SHARE",
      defaultValue = "0",
      description = {
        "The share of drawn clients whose process ends at a random moment of the round: before",
        "training, while sending or after it (default: ${DEFAULT-VALUE})."
      })
  double dropout;

  @Option(
      names = "--delay",
      paramLabel = "DISTRIBUTION",
      defaultValue = "fixed:0",
      description = {
        "How long clients need, in simulated seconds: fixed:S, uniform:A,B, exponential:MEAN or",
        "lognormal:MEDIAN,SIGMA (default: ${DEFAULT-VALUE})."
      })
  String delay = "fixed:0";

  @Option(
      names = "--deadline",
      paramLabel = "SECONDS",
      defaultValue = "Infinity",
      description = "Whoever needs longer is not in the sum of the round (default: none).")
  double deadline;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many clients work at a time (default: the processors).")
  Optional<Integer> threads = Optional.empty();

  @Option(names = "--no-evaluation", description = "Do not measure the model after each round.")
  boolean noEvaluation;

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description = "Where the run's folder goes (runs_path; default: runs).")
  Optional<Path> runs = Optional.empty();

  @Option(
      names = "--run-id",
      paramLabel = "NAME",
      description = "The run's id (default: made from the time).")
  Optional<String> runId = Optional.empty();

  @Option(
      names = "--state",
      paramLabel = "FOLDER",
      description = {
        "Where clients keep what they remember, and their data lies; is emptied at the end",
        "(default: in memory where the system offers that, otherwise with temporary files)."
      })
  Optional<Path> state = Optional.empty();

  @Mixin Common common = new Common();

  SimulateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// The keys that go before the file's.
  Map<String, String> overrides() {
    Map<String, String> overrides = new LinkedHashMap<>(set);
    perRound.ifPresent(number -> overrides.put("n_round_clients", String.valueOf(number)));
    rounds.ifPresent(number -> overrides.put("rounds", String.valueOf(number)));
    strategy.ifPresent(name -> overrides.put("strategy", name));
    encryption.ifPresent(mode -> overrides.put("encryption", mode));
    seed.ifPresent(number -> overrides.put("seed", number.toString()));
    runs.ifPresent(folder -> overrides.put("runs_path", folder.toAbsolutePath().toString()));
    runId.ifPresent(id -> overrides.put("run_id", id));
    return overrides;
  }

  @Override
  public Integer call() throws Exception {
    return new Simulating(terminal, this).run().number();
  }
}
