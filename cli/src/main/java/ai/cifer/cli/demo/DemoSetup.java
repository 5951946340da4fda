package ai.cifer.cli.demo;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.model.ModelFiles;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.identity.Authority;
import ai.cifer.node.identity.CertificateRequest;
import ai.cifer.node.identity.Role;
import ai.cifer.training.data.Examples;
import ai.cifer.training.data.Partition;
import ai.cifer.training.data.PartitionFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Gives every participant of a demo what it would bring along: identity, configuration, data.
final class DemoSetup {

  private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");
  private static final String ADDRESS = "https://localhost";
  // What the files say for those who run the roles by hand; the demo itself takes a free port.
  private static final int PORT_BY_HAND = 5000;
  private static final Duration VALIDITY = Duration.ofDays(30);
  private static final int SMALLEST_PARTITION = 100;

  private final DemoPlan plan;
  private final DemoFolder folder;
  private final InstantSource clock;

  DemoSetup(DemoPlan plan, DemoFolder folder, InstantSource clock) {
    this.plan = plan;
    this.folder = folder;
    this.clock = clock;
  }

  /// One participant's share of the data.
  ///
  /// @param classCounts how many examples of each class
  record Part(String client, long examples, long[] classCounts) {}

  /// Makes an authority and enrols everybody: the steps of `cifer certs init|request|sign`.
  void certify() throws IOException {
    try (Authority authority =
        Authority.create(folder.authority(), "cifer-demo", VALIDITY, clock)) {
      enrol(authority, Role.COORDINATOR, DemoFolder.COORDINATOR, LOOPBACK);
      if (plan.hasKeyHolder()) {
        enrol(authority, Role.KEY_HOLDER, DemoFolder.KEY_HOLDER, List.of());
      }
      for (String client : DemoFolder.clients(plan.clients())) {
        enrol(authority, Role.CLIENT, client, List.of());
      }
    }
  }

  private void enrol(Authority authority, Role role, String name, List<String> hosts)
      throws IOException {
    Path own = folder.of(name);
    CertificateRequest request = CertificateRequest.create(own, role, name, hosts);
    authority.sign(request, VALIDITY, clock, own.resolve("certificate.pem"));
    Files.copy(
        folder.authority().resolve(Authority.CERTIFICATE_FILE),
        own.resolve(Authority.CERTIFICATE_FILE));
  }

  /// Deals the training examples out unequally.
  List<Part> deal() throws CommandFailed, TrainingException, IOException {
    Partition partition;
    try (Examples dataset = Examples.open(plan.dataset(), Split.TRAIN)) {
      int[] labels = dataset.labels();
      int smallest = Math.clamp(labels.length / (2L * plan.clients()), 1, SMALLEST_PARTITION);
      partition = Partition.dirichlet(labels, plan.clients(), plan.alpha(), smallest, plan.seed());
    } catch (IllegalArgumentException bad) {
      throw new CommandFailed(ExitCode.USAGE, String.valueOf(bad.getMessage()), bad);
    }
    List<Path> files =
        PartitionFiles.write(plan.dataset(), partition, folder.path().resolve("partitions"));
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      String client = DemoFolder.clients(plan.clients()).get(i);
      Path data = folder.data(client);
      Files.move(files.get(i), data, StandardCopyOption.ATOMIC_MOVE);
      try (Examples part = Examples.open(data, Split.TRAIN)) {
        parts.add(new Part(client, part.size(), part.classCounts()));
      }
    }
    Files.delete(folder.path().resolve("partitions"));
    return parts;
  }

  /// Writes the initial model; the same seed gives the same bits.
  void model() throws CommandFailed, IOException {
    ModelFiles.create(plan.architecture(), plan.seed(), folder.model());
  }

  /// Writes the configurations, such as people write them.
  void configure() throws IOException {
    Map<String, Object> server = common();
    server.put("n_round_clients", plan.clients());
    server.put("min_clients", plan.smallestCohort());
    server.put("rounds", plan.rounds());
    server.put("strategy", "fedavg");
    server.put("learning_rate", DemoPlan.LEARNING_RATE);
    server.put("batch_size", DemoPlan.BATCH_SIZE);
    server.put("local_epochs", 1);
    server.put("model_path", folder.model().getFileName().toString());
    server.put("dataset_path", plan.dataset().toAbsolutePath().toString());
    server.put("seed", plan.seed());
    Json.write(server, folder.serverConfig());
    if (plan.hasKeyHolder()) {
      Json.write(common(), folder.keyHolderConfig());
    }
    List<String> clients = DemoFolder.clients(plan.clients());
    for (int i = 0; i < clients.size(); i++) {
      Map<String, Object> client = common();
      client.put("dataset_path", folder.data(clients.get(i)).getFileName().toString());
      // Their own, so that no two clients shuffle or round alike.
      client.put("seed", 1000 * plan.seed() + i + 1);
      Json.write(client, folder.clientConfig(clients.get(i)));
    }
  }

  private Map<String, Object> common() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("ip_address", ADDRESS);
    values.put("port", PORT_BY_HAND);
    values.put("use_secure", true);
    values.put("certfile", "certificate.pem");
    values.put("keyfile", CertificateRequest.KEY_FILE);
    values.put("cafile", Authority.CERTIFICATE_FILE);
    values.put("k_min", plan.smallestCohort());
    values.put("encryption", plan.encryption().key());
    return values;
  }
}
