package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.node.identity.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The configuration of the gRPC form as its documentation gives it, with two clients.
class TwoClientsTest {

  private static final String METHOD_A =
      """
      {"ip_address": "https://localhost", "port": 5000, "n_round_clients": 2, "use_homomorphic": true, "use_secure": true, "certfile": "certificate.pem", "keyfile": "private_key.pem"}
      """;

  private static final String WITH_CONSENT = METHOD_A.replace("}", ", \"k_min\": 2}");

  private static final String KEY_HOLDER =
      METHOD_A.replace("}", ", \"encryption\": \"key-holder\"}");

  private static final String DANGER = "each of two can compute the other's update from their sum";
  private static final String CURE =
      "let a third participant join, or write \"k_min\": 2 in this participant's file if its owner"
          + " accepts that (with encryption: key-holder it is the same)";

  @TempDir Path folder;

  @Test
  void withTheConsentOfAll_twoTrain() throws Exception {
    RunResult result = run(METHOD_A, WITH_CONSENT, WITH_CONSENT);
    assertThat(result.reason()).isEmpty();
    assertThat(result.rounds()).hasSize(2);
    assertThat(result.rounds())
        .allSatisfy(round -> assertThat(round.actual()).containsExactly("client-1", "client-2"));
  }

  @Test
  void withoutConsent_nobodyTakesPart_andTheReasonNamesTheCure() throws Exception {
    RunResult result = run(METHOD_A, METHOD_A, METHOD_A);
    assertThat(result.rounds()).isEmpty();
    assertThat(String.valueOf(result.reason().orElseThrow().getMessage()))
        .contains("k_min: 2 (expected: >= 3, as this participant demands)")
        .contains(DANGER)
        .contains(CURE);
  }

  @Test
  void oneClientWithoutConsent_isEnoughToRefuse() throws Exception {
    RunResult result = run(METHOD_A, WITH_CONSENT, METHOD_A);
    assertThat(result.rounds()).isEmpty();
    assertThat(String.valueOf(result.reason().orElseThrow().getMessage()))
        .startsWith("helpers: 1 of 2 (expected: >= 2); client-2: k_min: 2 ")
        .contains(DANGER)
        .contains(CURE);
  }

  @Test
  void aKeyHolderWithoutConsent_isEnoughToRefuse() throws Exception {
    String consent = KEY_HOLDER.replace("}", ", \"k_min\": 2}");
    RunResult result = run(KEY_HOLDER, consent, consent);
    assertThat(result.rounds()).isEmpty();
    assertThat(String.valueOf(result.reason().orElseThrow().getMessage()))
        .startsWith("helpers: 0 of 1 (expected: >= 1); keys: k_min: 2 ")
        .contains(DANGER)
        .contains(CURE);
  }

  /// @param others the file of the coordinator, and of the key holder if the mode has one
  private RunResult run(String others, String firstClient, String secondClient) throws Exception {
    try (FederationFixture federation = new FederationFixture(folder)) {
      Path own = federation.enrol(Role.COORDINATOR, "coordinator");
      Path config = Files.writeString(own.resolve("server.json"), others);
      Map<String, String> keys = new HashMap<>();
      // What a test must change: a free port, a trainer without a network, two rounds, less time.
      keys.put("port", "0");
      keys.put("trainer", "drift");
      keys.put("model_path", folder.resolve("model.safetensors").toString());
      keys.put("rounds", "2");
      keys.put("patience", "3");
      try (FedServer server = FedServer.fromConfig(config, keys).listener(federation.events::add)) {
        Map<String, String> port = Map.of("port", String.valueOf(server.port()));
        if (others.equals(KEY_HOLDER)) {
          Path holder = federation.enrol(Role.KEY_HOLDER, "keys").resolve("key-holder.json");
          Files.writeString(holder, others);
          federation.start("keys", () -> KeyHolder.fromConfig(holder, port).run());
        }
        client(federation, "client-1", firstClient, port);
        client(federation, "client-2", secondClient, port);
        RunResult result = server.run();
        federation.join();
        if (result.reason().isPresent()) {
          assertThat(federation.events).noneMatch(TwoClientsTest::isOpened);
          // The same files would say the same again.
          assertThat(federation.events)
              .filteredOn(RunEvent.RoundVoided.class::isInstance)
              .hasSize(1);
        }
        return result;
      }
    }
  }

  private static boolean isOpened(RunEvent event) {
    return event instanceof RunEvent.Advanced(int round, RoundEvent.SumRevealed revealed);
  }

  private static void client(
      FederationFixture federation, String name, String text, Map<String, String> port)
      throws Exception {
    Path own = federation.enrol(Role.CLIENT, name);
    Path config = Files.writeString(own.resolve("config.json"), text);
    Map<String, String> keys = new HashMap<>(port);
    keys.put("trainer", "drift");
    keys.put("dataset_path", Files.writeString(own.resolve("data.txt"), "100").toString());
    federation.start(name, () -> CiferClient.fromConfig(config, keys).run());
  }
}
