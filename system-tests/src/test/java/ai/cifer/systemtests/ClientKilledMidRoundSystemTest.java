package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// One of four clients is killed with SIGKILL in the middle of round 3: the run completes with the
/// others and says so.
class ClientKilledMidRoundSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  @Test
  void duringTraining_theRoundCompletesWithTheOthers() throws Exception {
    Cifer server = federation.server(Map.of("rounds", 10));
    Cifer keyHolder = federation.keyHolder();
    federation.clients(3);
    Cifer victim = federation.client("client-4", Map.of("hold", 3));
    federation.awaitHolding("client-4");

    victim.kill();

    assertThat(server.exitCode()).isZero();
    assertThat(keyHolder.exitCode()).isZero();
    assertThat(server.out()).contains("left: client-4 (client), ");
    assertTenRoundsWithoutClient4SinceRound3();
  }

  @Test
  void duringUpload_nothingOfItEntersTheSum() throws Exception {
    federation.model(400_000);
    Cifer server = federation.server(Map.of("rounds", 10));
    federation.keyHolder();
    federation.clients(3);
    int direct = federation.port();
    try (FaultyWire proxy = FaultyWire.to(direct)) {
      federation.port(proxy.port());
      Cifer victim = federation.client("client-4", Map.of("hold", 3));
      federation.awaitHolding("client-4");
      proxy.stallAfter(500_000);
      federation.letGo("client-4");
      Wait.until("half of the upload", java.time.Duration.ofSeconds(60), proxy::isStalled);

      victim.kill();

      assertThat(server.exitCode()).isZero();
    }
    assertTenRoundsWithoutClient4SinceRound3();
    assertThat(federation.events("segment_stored"))
        .noneMatch(event ->
            event.get("round").asInt() == 3 && event.get("client").asString().equals("client-4"));
  }

  private void assertTenRoundsWithoutClient4SinceRound3() throws IOException {
    Map<Integer, String> rounds = federation.plannedAndActual();
    assertThat(rounds.keySet()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertThat(rounds)
        .containsEntry(2, "4 planned, 4 actual")
        .containsEntry(3, "4 planned, 3 actual")
        .containsEntry(4, "3 planned, 3 actual");
    JsonNode round3 =
        federation.events("round_completed").stream()
            .filter(event -> event.get("round").asInt() == 3)
            .findFirst()
            .orElseThrow();
    assertThat(round3.get("actual").valueStream().map(JsonNode::asString))
        .containsExactly("client-1", "client-2", "client-3");
    JsonNode withdrawn = federation.events("client_withdrew").getFirst();
    assertThat(withdrawn.get("round").asInt()).isEqualTo(3);
    assertThat(withdrawn.get("client").asString()).isEqualTo("client-4");
    assertThat(withdrawn.get("reason").asString()).isNotBlank();
  }
}
