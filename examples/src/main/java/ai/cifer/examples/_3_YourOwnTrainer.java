package ai.cifer.examples;

import ai.cifer.fedlearn.strategy.FedAvg;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.node.CiferClient;
import ai.cifer.node.FedServer;
import ai.cifer.node.Plugins;
import ai.cifer.node.RunResult;
import ai.cifer.node.config.ClientConfig;
import ai.cifer.node.config.ConfigBuilder;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.identity.Authority;
import ai.cifer.node.identity.Role;
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

/// A federation whose clients train with code of yours: here softmax regression in plain Java.
///
/// Three things make a trainer of your own:
///
/// 1. a [ai.cifer.fedlearn.train.Trainer] that changes a flat vector of float32: [SoftmaxTrainer];
/// 2. a [ai.cifer.fedlearn.train.TrainerProvider] that opens it under a name:
///    [SoftmaxTrainerProvider];
/// 3. one line in `META-INF/services/ai.cifer.fedlearn.train.TrainerProvider` that names the
///    provider.
///
/// Then `"trainer": "softmax"` in a configuration is enough. Encryption, rounds and links neither
/// know nor care what the numbers mean.
public final class _3_YourOwnTrainer {

  private static final int CLIENTS = 3;

  private _3_YourOwnTrainer() {}

  /// Runs in a new temporary folder.
  ///
  /// @param args none, or the folder of the data
  public static void main(String[] args) throws Exception {
    Path data = Path.of(args.length > 0 ? args[0] : "examples/data");
    run(data.resolve("fashion_mnist_26k.npz"), Files.createTempDirectory("cifer"), IO::println);
  }

  /// The example; `out` is told what happens.
  static RunResult run(Path data, Path folder, Consumer<String> out) throws Exception {
    // Data and identities as in the first example.
    List<Path> partitions = _1_FirstFederation.deal(data, folder.resolve("partitions"), out);
    try (Authority authority =
        Authority.create(
            folder.resolve("authority"), "softmax", Duration.ofDays(1), InstantSource.system())) {
      _1_FirstFederation.enrol(authority, folder.resolve("coordinator"), Role.COORDINATOR);
      for (int i = 1; i <= CLIENTS; i++) {
        _1_FirstFederation.enrol(authority, folder.resolve("client-" + i), Role.CLIENT);
      }
    }

    // The initial model: zeros, for a convex problem needs no luck. Its "architecture" is a word
    // that the trainer checks, so that nobody trains a model of another kind by mistake.
    Path model = folder.resolve("initial.safetensors");
    try (Tensors zeros = Tensors.allocate(SoftmaxTrainer.LAYOUT)) {
      Plugins.format(model).write(new GlobalModel(SoftmaxTrainer.ARCHITECTURE, zeros), model);
    }

    // Whatever a file can say, a builder can say, under the same names.
    ServerConfig config =
        identity(ServerConfig.builder(), folder.resolve("coordinator"))
            .set("port", 0)
            .set("n_round_clients", CLIENTS)
            .set("rounds", 2)
            .set("trainer", "softmax")
            .set("runs_path", folder.resolve("runs"))
            .build();
    try (ExecutorService others = Executors.newCachedThreadPool();
        FedServer server = FedServer.of(config)) {
      server.listener(event -> _1_FirstFederation.tell(event, out));
      List<Future<?>> running = new ArrayList<>();
      for (int i = 1; i <= CLIENTS; i++) {
        Path own = folder.resolve("client-" + i);
        ClientConfig client =
            identity(ClientConfig.builder(), own)
                .set("port", server.port())
                .set("trainer", "softmax")
                .set("dataset_path", partitions.get(i - 1))
                .set("state_path", own.resolve("state"))
                .build();
        running.add(others.submit(() -> CiferClient.of(client).run()));
      }
      RunResult result =
          server.run(
              FedAvg.builder()
                  .dataPath(data)
                  .modelPath(model)
                  // A linear model on pixels in [0, 1] bears a larger step than the network does.
                  .learningRate(0.1)
                  .batchSize(32)
                  .build());
      for (Future<?> each : running) {
        each.get();
      }
      return result;
    }
  }

  private static <C> ConfigBuilder<C> identity(ConfigBuilder<C> builder, Path own) {
    return builder
        .set("base_api", "https://localhost")
        .set("certfile", own.resolve("certificate.pem"))
        .set("keyfile", own.resolve("private_key.pem"));
  }
}
