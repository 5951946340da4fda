package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.secagg.plan.EncryptionMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cifer demo`: federated, encrypted training on real data, several processes, one machine.
@Command(
    name = "demo",
    description = {
      "Watch four organisations train a model on real images whose updates nobody can read.",
      "Each organisation and the coordinator is a process of its own on this machine; they speak",
      "gRPC over TLS with certificates made on the spot."
    },
    synopsisHeading = "Usage: ",
    optionListHeading = "%nOptions%n",
    sortOptions = false,
    footerHeading = "%nExamples%n",
    footer = {
      "  cifer demo",
      "  cifer demo --compare                            encrypted and unencrypted, side by side",
      "  cifer demo --encryption key-holder              a trusted process opens the sums",
      "  cifer demo --clients 8 --rounds 5 --alpha 0.1   more organisations, more unequal data",
      "  cifer demo --model cnn-large --format json      2,000,000 parameters, for a program"
    })
final class DemoCommand implements Callable<Integer> {

  private static final String NONE = "none";
  private static final List<String> MODES =
      List.of("secure-aggregation", "key-holder", "ckks", "paillier", NONE);

  private final Terminal terminal;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "4",
      description = "How many organisations (default: ${DEFAULT-VALUE}).")
  int clients;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many rounds (default: ${DEFAULT-VALUE}).")
  int rounds;

  @Option(
      names = "--alpha",
      paramLabel = "X",
      defaultValue = "0.5",
      description = "How unequal the data are: 0.1 very, 100 hardly (default: ${DEFAULT-VALUE}).")
  double alpha;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Fixes split, initial model and training (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "cnn",
      description = "The network: cnn or cnn-large (default: ${DEFAULT-VALUE}).")
  String model = "";

  @Option(
      names = "--encryption",
      paramLabel = "MODE",
      defaultValue = "secure-aggregation",
      description =
          "secure-aggregation: the clients open sums together; key-holder: one more process does;"
              + " ckks, paillier: it does so under a public key of its own; none: like --plain (default: ${DEFAULT-VALUE}).")
  String encryption = "";

  @Option(names = "--plain", description = "Without encryption.")
  boolean plain;

  @Option(
      names = "--compare",
      description =
          "Two complete runs, encrypted and not, side by side; fails unless both models are the"
              + " same bit for bit.")
  boolean compare;

  @Option(
      names = "--centralised",
      description = "Also train the same network on all data in one place.")
  boolean centralised;

  @Option(
      names = "--dataset",
      paramLabel = "FILE",
      description =
          "An npz file with x_train, y_train, x_test, y_test (default: the project's"
              + " Fashion-MNIST subset).")
  Optional<Path> dataset = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      defaultValue = "runs",
      description = "Where the run's folder goes (default: ${DEFAULT-VALUE}).")
  Path out = Path.of("");

  @Mixin Common common = new Common();

  DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// How updates are protected where they are.
  EncryptionMode encryption() {
    return encryption.equals(NONE)
        ? EncryptionMode.SECURE_AGGREGATION
        : EncryptionMode.of(encryption);
  }

  @Override
  public Integer call() throws Exception {
    if (!MODES.contains(encryption)) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "--encryption: %s (expected: one of %s)".formatted(encryption, String.join(", ", MODES)));
    }
    plain |= encryption.equals(NONE);
    if (plain && compare) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "--plain and --compare are both there (expected: one; --compare runs both)");
    }
    return new Demonstration(terminal, this).run();
  }
}
