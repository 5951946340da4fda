package ai.cifer.examples;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.strategy.FedAvg;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.node.CiferClient;
import ai.cifer.node.FedServer;
import ai.cifer.node.Plugins;
import ai.cifer.node.RunResult;
import ai.cifer.node.identity.Authority;
import ai.cifer.node.identity.CertificateRequest;
import ai.cifer.node.identity.Role;
import ai.cifer.training.data.Examples;
import ai.cifer.training.data.Partition;
import ai.cifer.training.data.PartitionFiles;
import ai.cifer.training.model.Architectures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// Three organisations train a network on real images. Nobody sees another's images or update, the
/// coordinator included.
///
/// Everything runs in this process, but over real sockets with mutual TLS: the same classes in five
/// processes on five machines do the same.
public final class _1_FirstFederation {

  /// The file's 16,000 training images are dealt to six organisations, of which three take part: so
  /// few images that a round takes seconds.
  private static final int ORGANISATIONS = 6;

  /// The smallest number that protects its members. From the sum of two updates each of the two can
  /// subtract its own and has the other's; of three, no one can.
  private static final int CLIENTS = 3;

  /// Dirichlet concentration of the split: 0.5 is strongly unequal. One organisation has mostly
  /// boots, another hardly any: that is the case in which training together pays.
  private static final double ALPHA = 0.5;

  private _1_FirstFederation() {}

  /// Runs in a new temporary folder.
  ///
  /// @param args none, or the folder of the data
  public static void main(String[] args) throws Exception {
    Path data = Path.of(args.length > 0 ? args[0] : "examples/data");
    run(data.resolve("fashion_mnist_26k.npz"), Files.createTempDirectory("cifer"), IO::println);
  }

  /// The example; `out` is told what happens.
  static RunResult run(Path data, Path folder, Consumer<String> out) throws Exception {
    out.accept("1. Data: every client gets its own file and never shows it");
    List<Path> partitions = deal(data, folder.resolve("partitions"), out);

    out.accept("2. Identities: an authority, which is not the coordinator, enrols everybody");
    try (Authority authority =
        Authority.create(
            folder.resolve("authority"),
            "first-federation",
            // Longer than the run, shorter than anybody could come to rely on.
            Duration.ofDays(1),
            InstantSource.system())) {
      enrol(authority, folder.resolve("coordinator"), Role.COORDINATOR);
      for (int i = 1; i <= CLIENTS; i++) {
        enrol(authority, folder.resolve("client-" + i), Role.CLIENT);
      }
    }

    out.accept("3. The model that round 1 starts from: the same seed gives the same bits");
    Path model = folder.resolve("initial.safetensors");
    GlobalModel initial = new Architectures().initialise("cnn", 1);
    try (Tensors tensors = initial.tensors()) {
      Plugins.format(model).write(initial, model);
      long parameters = tensors.layout().parameters();
      out.accept("   %,d parameters, %,d bytes as float32".formatted(parameters, 4 * parameters));
    }

    out.accept("4. The coordinator");
    Path config =
        Files.writeString(
            folder.resolve("coordinator").resolve("server.json"),
            // Port 0: the system chooses a free one. Whoever runs one coordinator on one machine
            // writes 5000, the default. "use_homomorphic" means
            // "encryption": "secure-aggregation", here and in the clients' files, which do not say
            // either: clients hold shares of one another's secrets and open only the sum, together.
            """
            {
              "ip_address": "https://localhost",
              "port": 0,
              "n_round_clients": %d,
              "rounds": 2,
              "use_homomorphic": true,
              "use_secure": true,
              "certfile": "certificate.pem",
              "keyfile": "private_key.pem"
            }
            """
                .formatted(CLIENTS));
    // Platform threads: PyTorch keeps state in the thread of the system. The server is closed
    // first,
    // so that nobody waits for it if it fails.
    try (ExecutorService others = Executors.newCachedThreadPool();
        FedServer server = FedServer.fromConfig(config)) {
      server.listener(event -> tell(event, out));

      out.accept("5. The clients, each with its own file");
      List<Future<?>> running = new ArrayList<>();
      for (int i = 1; i <= CLIENTS; i++) {
        Path client = folder.resolve("client-" + i).resolve("config.json");
        Files.writeString(
            client,
            participant(server.port(), ",\n  \"dataset_path\": \"" + partitions.get(i - 1) + "\""));
        running.add(others.submit(() -> CiferClient.fromConfig(client).run()));
      }

      out.accept("6. Two rounds of federated averaging");
      RunResult result =
          server.run(
              FedAvg.builder()
                  // The coordinator's own 10,000 test images; clients' files hold no such split.
                  .dataPath(data)
                  .modelPath(model)
                  // 0.05 at batches of 32 is what the demo was tuned to, once.
                  .learningRate(0.05)
                  .batchSize(32)
                  .localEpochs(1)
                  .build());
      for (Future<?> each : running) {
        each.get();
      }
      out.accept("7. The model, the event log and the metrics are in " + result.folder());
      return result;
    }
  }

  /// Deals the training images out, and gives the first three parts.
  static List<Path> deal(Path data, Path folder, Consumer<String> out) throws Exception {
    Partition partition;
    try (Examples images = Examples.open(data, Dataset.Split.TRAIN)) {
      // 100 images at least: three batches of 32.
      partition = Partition.dirichlet(images.labels(), ORGANISATIONS, ALPHA, 100, 1);
    }
    List<Path> files = PartitionFiles.write(data, partition, folder).subList(0, CLIENTS);
    for (int i = 0; i < files.size(); i++) {
      out.accept("   client-%d: %,d images".formatted(i + 1, partition.clients().get(i).length));
    }
    return files;
  }

  /// Makes a participant's private key, which stays in its folder, and has the authority certify
  /// it. On five machines only the request and the certificate travel.
  static void enrol(Authority authority, Path own, Role role) throws Exception {
    // TLS checks that the coordinator is reached under a name that its certificate states.
    List<String> hosts = role == Role.COORDINATOR ? List.of("localhost") : List.of();
    CertificateRequest request =
        CertificateRequest.create(own, role, own.getFileName().toString(), hosts);
    authority.sign(
        request, Duration.ofDays(1), InstantSource.system(), own.resolve("certificate.pem"));
    Files.write(own.resolve("ca.pem"), Files.readAllBytes(own.resolveSibling("authority/ca.pem")));
  }

  /// The file of a client. It demands encryption and at least three clients ("k_min") without
  /// saying so, and a coordinator cannot talk it out of that.
  static String participant(int port, String more) {
    return """
    {
      "ip_address": "https://localhost",
      "port": %d,
      "certfile": "certificate.pem",
      "keyfile": "private_key.pem"%s
    }
    """
        .formatted(port, more);
  }

  /// Says what a round cost and gave.
  ///
  /// The upload is 1.48 times the float32 bytes here, which is the price of being small: the 52,138
  /// parameters take 5 blocks of 51,200 bytes with room for 12,288 each, and every segment brings a
  /// sealed share of its secret for each client, about 17,500 bytes, whatever its size. Of
  /// 2,000,000 parameters it is 1.05 times.
  static void tell(RunEvent event, Consumer<String> out) {
    switch (event) {
      case RunEvent.RunStarted started ->
          started
              .initial()
              .ifPresent(metrics ->
                  out.accept("   before: accuracy %.1f %%".formatted(100 * metrics.accuracy())));
      case RunEvent.RoundCompleted(RoundSummary round) ->
          out.accept(
              "   round %d: %d of %d clients, accuracy %.1f %%, %,d bytes up, %.1f s"
                  .formatted(
                      round.round(),
                      round.actual().size(),
                      round.planned().size(),
                      100 * round.metrics().orElseThrow().accuracy(),
                      round.uploadBytes(),
                      round.times().total()));
      case RunEvent.RoundVoided(int round, String reason) ->
          out.accept("   round %d gave nothing: %s".formatted(round, reason));
      default -> {}
    }
  }
}
