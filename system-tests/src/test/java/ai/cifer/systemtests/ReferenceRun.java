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
      RunResult result;
      try (FaultyClient other = new FaultyClient(federation.of(faulty), server.port(), faults)) {
        var _ = other.start();
        result = server.run();
      }
      for (Future<Ending> ending : endings) {
        assertThat(ending.get(30, TimeUnit.SECONDS).reason()).isEmpty();
      }
      assertThat(result.reason()).isEmpty();
      return result;
    }
  }
}
