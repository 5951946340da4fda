package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.CiferClient;
import ai.cifer.node.FedServer;
import ai.cifer.node.RunResult;
import ai.cifer.node.participant.Ending;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// The run of a federation again, in this process and with other faults of its faulty client: what
/// should come out of the run with real processes.
final class ReferenceRun {
  private ReferenceRun() {}

  /// @param clients by their names, with their data
  static RunResult of(
      Federation federation,
      String run,
      Map<String, ?> serverKeys,
      Map<String, Map<String, ?>> clients,
      String faulty,
      FaultyClient.Faults faults)
      throws Exception {
    return of(federation, run, serverKeys, clients, Map.of(faulty, faults));
  }

  /// @param faulty the faults of each faulty client, by its name
  static RunResult of(
      Federation federation,
      String run,
      Map<String, ?> serverKeys,
      Map<String, Map<String, ?>> clients,
      Map<String, FaultyClient.Faults> faulty)
      throws Exception {
    List<FaultyClient> others = new ArrayList<>();
    try {
      return of(federation, run, serverKeys, clients, faulty, others);
    } finally {
      for (FaultyClient other : others) {
        other.close();
      }
    }
  }

  private static RunResult of(
      Federation federation,
      String run,
      Map<String, ?> serverKeys,
      Map<String, Map<String, ?>> clients,
      Map<String, FaultyClient.Faults> faulty,
      List<FaultyClient> others)
      throws Exception {
    Map<String, Object> keys = new HashMap<>(serverKeys);
    keys.put("run_id", run);
    federation.serverWords(keys);
    Path config = federation.of("coordinator").resolve("server.json");
    List<Future<Ending>> endings = new ArrayList<>();
    try (ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory());
        FedServer server = FedServer.fromConfig(config)) {
      federation.port(server.port());
      for (var client : clients.entrySet()) {
        federation.clientWords(client.getKey(), client.getValue(), Map.of("allow_rerun", true));
        Path own = federation.of(client.getKey()).resolve("config.json");
        endings.add(threads.submit(() -> CiferClient.fromConfig(own).run()));
      }
      for (var each : faulty.entrySet()) {
        FaultyClient other =
            new FaultyClient(federation.of(each.getKey()), server.port(), each.getValue());
        others.add(other);
        var _ = other.start();
      }
      RunResult result = server.run();
      for (Future<Ending> ending : endings) {
        assertThat(ending.get(30, TimeUnit.SECONDS).reason()).isEmpty();
      }
      assertThat(result.reason()).isEmpty();
      return result;
    }
  }
}
