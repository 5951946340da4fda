package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.node.participant.Ending;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whole runs over real TLS in one process: the engine, the protocol and the links together.
class FederationTest {

  @TempDir Path folder;

  @Test
  void encryptedAndPlainRuns_giveBitIdenticalModels() throws Exception {
    RunResult encrypted =
        run(
            "coordinator-1",
            Map.of("encryption", "key-holder"),
            Map.of("encryption", "key-holder"));
    RunResult helped =
        run(
            "coordinator-3",
            Map.of("encryption", "secure-aggregation"),
            Map.of("encryption", "secure-aggregation"));
    RunResult plain =
        run(
            "coordinator-2",
            Map.of("encryption", "none", "quantise", "true"),
            Map.of("encryption", "none"));

    assertThat(helped.reason()).isEmpty();
    assertThat(helped.rounds().stream().map(RoundSummary::modelDigest))
        .isEqualTo(plain.rounds().stream().map(RoundSummary::modelDigest).toList());
    assertThat(encrypted.reason()).isEmpty();
    assertThat(plain.reason()).isEmpty();
    assertThat(encrypted.rounds()).hasSize(2);
    assertThat(encrypted.rounds().stream().map(RoundSummary::modelDigest))
        .isEqualTo(plain.rounds().stream().map(RoundSummary::modelDigest).toList());
    assertThat(Files.readAllBytes(encrypted.folder().resolve("model.npz")))
        .isEqualTo(Files.readAllBytes(plain.folder().resolve("model.npz")));
    assertThat(encrypted.rounds().getFirst().modelDigest())
        .isNotEqualTo(encrypted.rounds().getLast().modelDigest());
    assertThat(encrypted.folder().resolve("work")).doesNotExist();
  }

  @Test
  void floatsWithoutQuantising_areCloseToTheQuantisedMean() throws Exception {
    RunResult quantised =
        run(
            "coordinator-1",
            Map.of("encryption", "key-holder"),
            Map.of("encryption", "key-holder"));
    RunResult floats =
        run(
            "coordinator-2",
            Map.of("encryption", "none", "quantise", "false"),
            Map.of("encryption", "none"));
    double a = quantised.rounds().getLast().metrics().orElseThrow().loss();
    double b = floats.rounds().getLast().metrics().orElseThrow().loss();
    assertThat(a)
        .isNotEqualTo(b)
        .isCloseTo(b, org.assertj.core.data.Percentage.withPercentage(0.1));
  }

  @Test
  void anUpdateWithNaN_isRefusedByItsClient_andTheRoundGoesOn() throws Exception {
    try (FederationFixture federation = new FederationFixture(folder);
        FedServer server = federation.server("coordinator", Map.of("rounds", "1"))) {
      for (int i = 0; i < 4; i++) {
        federation.client("client-" + i, server.port(), i == 2 ? "50 nan" : "50", Map.of());
      }
      RunResult result = server.run();
      assertThat(result.reason()).isEmpty();
      assertThat(result.rounds().getFirst().planned()).hasSize(4);
      assertThat(result.rounds().getFirst().actual())
          .containsExactly("client-0", "client-1", "client-3");
      assertThat(federation.events)
          .anySatisfy(event ->
              assertThat(event)
                  .isInstanceOfSatisfying(
                      RunEvent.Advanced.class,
                      advanced ->
                          assertThat(advanced.event())
                              .isEqualTo(
                                  new RoundEvent.ClientWithdrew(
                                      "client-2",
                                      "dense.weight[7]: NaN (expected: a finite number; the"
                                          + " learning rate may be too high)"))));
    }
  }

  @Test
  void aRunThatCannotBegin_isSaidToWhoeverWaits_withoutTheCoordinatorsFiles() throws Exception {
    try (FederationFixture federation = new FederationFixture(folder);
        FedServer server =
            federation.server("coordinator", Map.of("dataset_path", "private/patients.txt"))) {
      federation.client("client-0", server.port(), "50", Map.of());
      assertThatThrownBy(server::run)
          .isInstanceOf(NodeException.class)
          .hasMessageContaining("patients");
      federation.join();
      assertThat(federation.endings)
          .containsEntry(
              "client-0", new Ending(0, "the coordinator cannot go on; its own output says why"));
    }
  }

  @Test
  void everyTransportOnOnePort_givesTheSameModel() throws Exception {
    Map<String, String> encrypted = Map.of("encryption", "secure-aggregation");
    RunResult alike = run("coordinator-1", encrypted, encrypted);
    RunResult mixed = mixed("coordinator-2", "https", Map.of("identify_by", "signature"));
    assertThat(digests(mixed)).isEqualTo(digests(alike));
    RunResult plain = mixed("coordinator-3", "http", Map.of("use_secure", "false"));
    assertThat(digests(plain)).isEqualTo(digests(alike));
  }

  private static List<String> digests(RunResult result) {
    assertThat(result.reason()).isEmpty();
    assertThat(result.rounds()).hasSize(2);
    return result.rounds().stream().map(RoundSummary::modelDigest).toList();
  }

  /// Clients over gRPC and WebSockets; where there is TLS, half of them show their certificates in
  /// it and half sign.
  private RunResult mixed(String coordinator, String scheme, Map<String, String> keys)
      throws Exception {
    Path own = Files.createDirectories(folder.resolve(coordinator));
    Map<String, String> server = new HashMap<>(keys);
    server.put("encryption", "secure-aggregation");
    server.put("base_api", scheme + "://localhost");
    try (FederationFixture federation = new FederationFixture(own);
        FedServer coordinating = federation.server("coordinator", server)) {
      for (int i = 0; i < 4; i++) {
        Map<String, String> client =
            new HashMap<>(i < 2 && scheme.equals("https") ? Map.of() : keys);
        client.put("encryption", "secure-aggregation");
        client.put(
            "base_api",
            (i % 2 == 0 ? scheme : scheme.replace("http", "ws"))
                + "://localhost:"
                + coordinating.port());
        federation.client("client-" + i, coordinating.port(), String.valueOf(100 + 37 * i), client);
      }
      RunResult result = coordinating.run();
      federation.join();
      assertThat(federation.failures).isEmpty();
      return result;
    }
  }

  private RunResult run(
      String coordinator, Map<String, String> serverKeys, Map<String, String> clientKeys)
      throws Exception {
    Path own = Files.createDirectories(folder.resolve(coordinator));
    try (FederationFixture federation = new FederationFixture(own);
        FedServer server = federation.server("coordinator", new HashMap<>(serverKeys))) {
      if ("key-holder".equals(serverKeys.get("encryption"))) {
        federation.keyHolder("keys", server.port(), Map.of());
      }
      for (int i = 0; i < 4; i++) {
        federation.client(
            "client-" + i, server.port(), String.valueOf(100 + 37 * i), new HashMap<>(clientKeys));
      }
      RunResult result = server.run();
      federation.join();
      assertThat(federation.failures).isEmpty();
      return result;
    }
  }
}
