package ai.cifer.node;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.node.identity.Authority;
import ai.cifer.node.identity.CertificateRequest;
import ai.cifer.node.identity.Role;
import ai.cifer.node.participant.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A federation in one process over real sockets and real certificates, in a folder.
final class FederationFixture implements AutoCloseable {

  final Path folder;
  final List<RunEvent> events = new CopyOnWriteArrayList<>();
  private final Authority authority;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  final Map<String, Exception> failures = new ConcurrentHashMap<>();

  /// How the run ended, as clients were told.
  final Map<String, Ending> endings = new ConcurrentHashMap<>();

  FederationFixture(Path folder) throws Exception {
    this.folder = folder;
    authority =
        Authority.create(folder.resolve("ca"), "Test", Duration.ofDays(2), InstantSource.system());
    try (Tensors tensors =
        Tensors.allocate(
            new ModelLayout(
                List.of(
                    new TensorSpec("dense.weight", List.of(300, 50)),
                    new TensorSpec("dense.bias", List.of(50)))))) {
      tensors.write(3, new float[] {0.25f, -1f}, 2);
      Path file = folder.resolve("model.safetensors");
      Plugins.format(file).write(new GlobalModel("drift", tensors), file);
    }
  }

  /// The folder of a participant with its certificate.
  synchronized Path enrol(Role role, String name) throws Exception {
    Path own = Files.createDirectories(folder.resolve(name));
    if (!Files.exists(own.resolve("certificate.pem"))) {
      CertificateRequest request =
          CertificateRequest.create(
              own,
              role,
              name,
              role == Role.COORDINATOR ? List.of("localhost", "127.0.0.1") : List.of());
      enrol(request, own);
    }
    return own;
  }

  private void enrol(CertificateRequest request, Path own) throws IOException {
    authority.sign(
        request, Duration.ofDays(1), InstantSource.system(), own.resolve("certificate.pem"));
    Files.copy(folder.resolve("ca").resolve("ca.pem"), own.resolve("ca.pem"));
  }

  FedServer server(String name, Map<String, String> keys) throws Exception {
    Path own = enrol(Role.COORDINATOR, name);
    Files.writeString(own.resolve("test.txt"), "10");
    Path config = own.resolve("server.json");
    Files.writeString(
        config,
        """
        {"base_api": "https://localhost", "port": 0, "n_round_clients": 4,
         "certfile": "certificate.pem", "keyfile": "private_key.pem",
         "rounds": 2, "trainer": "drift", "dataset_path": "test.txt", "patience": 3,
         "model_path": "../model.safetensors", "segment_parameters": 9000}
        """);
    return FedServer.fromConfig(config, keys).listener(events::add);
  }

  /// Writes the files of a client.
  Path configure(String name, int port, String data) throws Exception {
    Path own = enrol(Role.CLIENT, name);
    Files.writeString(own.resolve("data.txt"), data);
    Path config = own.resolve("config.json");
    Files.writeString(
        config,
        """
        {"base_api": "https://localhost:%d", "port": %d, "certfile": "certificate.pem",
         "keyfile": "private_key.pem", "dataset_path": "data.txt", "trainer": "drift",
         "patience": 5, "seed": %d, "allow_rerun": true}
        """
            .formatted(port, port, name.hashCode()));
    return config;
  }

  void client(String name, int port, String data, Map<String, String> keys) throws Exception {
    Path config = configure(name, port, data);
    start(name, () -> endings.put(name, CiferClient.fromConfig(config, keys).run()));
  }

  void keyHolder(String name, int port, Map<String, String> keys) throws Exception {
    Path own = enrol(Role.KEY_HOLDER, name);
    Path config = own.resolve("key-holder.json");
    Files.writeString(
        config,
        """
        {"base_api": "https://localhost", "port": %d, "certfile": "certificate.pem",
         "keyfile": "private_key.pem", "patience": 5}
        """
            .formatted(port));
    start(name, () -> KeyHolder.fromConfig(config, keys).run());
  }

  interface Body {
    void run() throws Exception;
  }

  /// Whoever was there under this name ends first.
  void start(String name, Body body) {
    Optional<Thread> before = latest(name);
    threads.add(
        Thread.ofPlatform()
            .name(name)
            .start(() -> {
              before.ifPresent(thread -> join(thread, Duration.ofSeconds(30)));
              try {
                body.run();
              } catch (Exception failure) {
                failures.put(name, failure);
              }
            }));
  }

  /// Ends a participant: it answers nothing more. That its link is closed in order may take until
  /// the coordinator goes on.
  void end(String name) {
    interrupt(name);
    latest(name).ifPresent(thread -> join(thread, Duration.ofMillis(300)));
  }

  private Optional<Thread> latest(String name) {
    return threads.stream().filter(thread -> thread.getName().equals(name)).reduce((a, b) -> b);
  }

  private static void join(Thread thread, Duration atMost) {
    try {
      thread.join(atMost);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  void interrupt(String name) {
    threads.stream().filter(thread -> thread.getName().equals(name)).forEach(Thread::interrupt);
  }

  void join() {
    for (Thread thread : threads) {
      try {
        thread.join(Duration.ofSeconds(30));
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    join();
    authority.close();
  }
}
