package ai.cifer.simulation;

import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.secagg.plan.EncryptionMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/// What is simulated.
///
/// @param server what the coordinator is told; its `n_round_clients` are sampled for each round
/// @param data a file for each client
/// @param failures what goes wrong
/// @param threads how many clients train and encrypt at a time
/// @param state where clients keep what they have to remember; a folder that is the simulation's
public record SimulationPlan(
    ServerConfig server, List<Path> data, Failures failures, int threads, Path state) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  public SimulationPlan {
    data = List.copyOf(data);
    if (threads < 1) {
      throw new IllegalArgumentException("threads: %d (expected: >= 1)".formatted(threads));
    }
  }

  /// @throws NodeException if it cannot be carried out
  void requireFit() throws NodeException {
    if (server.roundClients() > data.size()) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "n_round_clients: %d (expected: <= %d, the clients that are simulated)"
              .formatted(server.roundClients(), data.size()));
    }
    if (server.run().isEmpty()) {
      // Without one, the newest run would go on that was told the same and ended early.
      throw new NodeException(
          Reason.CONFIG_INVALID, "run_id: missing (expected: set; a simulation is not resumed)");
    }
    EncryptionMode mode = server.encryption();
    if (mode.hasKeyHolder()) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "encryption: %s (expected: %s or %s; a simulation has no key holder)"
              .formatted(
                  mode.key(), EncryptionMode.SECURE_AGGREGATION.key(), EncryptionMode.NONE.key()));
    }
    if (Files.exists(server.runs().resolve(server.run().get()))) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "run_id: run %s exists already (expected: a new run_id; a simulation is not resumed, the same one gives the same model)"
              .formatted(server.run().get()));
    }
  }

  /// The names of clients sort like their numbers.
  String client(int number) {
    int digits = String.valueOf(data.size()).length();
    return ("client-%0" + digits + "d").formatted(number + 1);
  }

  /// What a client does in a round.
  ///
  /// @param number 0 for the first client
  ClientTask task(int number, int round, Fate fate) {
    String name = client(number);
    SortedMap<String, String> config = new TreeMap<>();
    config.put("encryption", server.encryption().key());
    config.put("threshold", server.trust().key());
    config.put("k_min", String.valueOf(Math.max(2, server.minClients())));
    config.put("patience", String.valueOf(server.patience().toMillis() / 1000.0));
    config.put("seed", String.valueOf((server.seed() * GOLDEN + number + 1) * GOLDEN));
    config.put("dataset_path", data.get(number).toAbsolutePath().toString());
    config.put("state_path", state.toAbsolutePath().resolve(name).toString());
    config.put("trainer", server.trainer().words());
    config.put("trainer_folder", server.trainer().folder().toAbsolutePath().toString());
    config.put("trainer_environment", environment());
    server.graph().ifPresent(graph -> config.put("graph_path", graph.toString()));
    return new ClientTask(name, round, config, fate);
  }

  private String environment() {
    return JSON.writeValueAsString(
        server.trainer().environment().entrySet().stream()
            .map(variable -> variable.getKey() + "=" + variable.getValue())
            .toList());
  }
}
