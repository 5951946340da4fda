package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// One port, encrypted, and everybody comes another way: the model is the same bit for bit.
class MixedTransportsSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  @Test
  void aFederationOfEveryTransport_givesTheModelOfOneTransport() throws Exception {
    byte[] alike = model("alike", "https://localhost", Map.of());
    byte[] mixed;
    try (ConnectProxy proxy = ConnectProxy.start()) {
      mixed =
          model(
              "mixed",
              "wss://localhost",
              Map.of(
                  "client-2", Map.of("proxy", "http://localhost:" + proxy.port()),
                  "client-3", Map.of("base_api", "https://localhost"),
                  "client-4",
                      Map.of(
                          "base_api",
                          "grpcs://localhost",
                          "proxy",
                          "http://localhost:" + proxy.port())));
      assertThat(proxy.tunnels()).as("WebSockets and gRPC through the proxy").isGreaterThan(3);
    }
    assertThat(mixed).isEqualTo(alike);
  }

  /// Runs two rounds with a key holder.
  private byte[] model(String run, String address, Map<String, Map<String, ?>> keys)
      throws IOException, InterruptedException {
    Cifer server =
        federation.server(
            Map.of("rounds", 2, "run_id", run, "min_clients", 4, "base_api", address));
    Cifer keyHolder =
        federation.start(
            "key-holder",
            Cifer.small(64),
            federation.keyHolderWords(Map.of("base_api", address, "state_path", "state-" + run)));
    for (int i = 1; i <= 4; i++) {
      String name = "client-" + i;
      Map<String, Object> all =
          new java.util.HashMap<>(Map.of("base_api", address, "state_path", "state-" + run));
      all.putAll(keys.getOrDefault(name, Map.of()));
      federation.client(name, Map.of("examples", 100 + 37 * i), all);
    }
    assertThat(server.exitCode()).as(server::report).isZero();
    assertThat(keyHolder.exitCode()).as(keyHolder::report).isZero();
    Path model = federation.of("coordinator").resolve("runs").resolve(run).resolve("model.npz");
    assertThat(List.of(model)).allMatch(Files::exists);
    return Files.readAllBytes(model);
  }
}
