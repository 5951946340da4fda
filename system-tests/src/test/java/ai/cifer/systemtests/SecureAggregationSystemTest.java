package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// Four clients without a key holder: each holds shares of the others' secrets, and three are
/// needed to open a sum. Processes are killed, stopped and started again.
class SecureAggregationSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  @BeforeEach
  void withoutAKeyHolder() {
    federation.encryption("secure-aggregation");
  }

  /// Starts everybody and waits until three have sent everything and the fourth trains.
  private List<Cifer> threeHaveSent() throws Exception {
    List<Cifer> clients = federation.clients(3);
    clients.add(federation.client("client-4", Map.of("hold", 1)));
    federation.awaitHolding("client-4");
    Wait.until(
        "three stored updates",
        Duration.ofMinutes(1),
        () -> federation.events("segment_stored").size() == 3);
    return clients;
  }

  @Test
  void killedAfterItsUpload_itsUpdateIsInTheSum_andTheOthersOpenIt() throws Exception {
    Cifer server = federation.server(Map.of("rounds", 2));
    List<Cifer> clients = threeHaveSent();

    clients.getFirst().kill();
    federation.letGo("client-4");

    assertThat(server.exitCode()).isZero();
    assertThat(federation.plannedAndActual())
        .containsEntry(1, "4 planned, 4 actual")
        .containsEntry(2, "3 planned, 3 actual");
    assertThat(lostHelpers(1)).containsExactly("client-1");
    assertThat(server.out()).contains("left: client-1 (client), ");
  }

  @Test
  void silentAfterItsUpload_itIsGivenUpAndTheOthersOpenTheSum() throws Exception {
    Cifer server = federation.server(Map.of("rounds", 1));
    List<Cifer> clients = threeHaveSent();

    clients.getFirst().signal("STOP");
    federation.letGo("client-4");

    assertThat(server.exitCode()).isZero();
    clients.getFirst().signal("CONT");
    assertThat(lostHelpers(1)).containsExactly("client-1");
    assertThat(server.out()).contains("client-1 is lost: ");
    assertThat(federation.plannedAndActual()).containsEntry(1, "4 planned, 4 actual");
    assertThat(federation.events("sum_revealed"))
        .extracting(event -> event.get("helper").asString())
        .containsExactlyInAnyOrder("client-2", "client-3", "client-4");
  }

  @Test
  void killedWhileItTrainedAndStartedAgain_itTrainsForTheSameRound() throws Exception {
    Cifer server = federation.server(Map.of("rounds", 1, "patience", 20));
    List<Cifer> clients = threeHaveSent();

    clients.getLast().kill();
    Cifer again = federation.client("client-4", Map.of());

    assertThat(server.exitCode()).isZero();
    assertThat(again.exitCode()).as(again::report).isZero();
    assertThat(federation.plannedAndActual()).containsEntry(1, "4 planned, 4 actual");
    // Its key of the round was in its memory: it cannot help, and three others can.
    assertThat(federation.events("helper_restarted"))
        .extracting(event -> event.get("helper").asString())
        .containsExactly("client-4");
  }

  private List<String> lostHelpers(int round) throws IOException {
    return federation.events("helper_lost").stream()
        .filter(event -> event.get("round").asInt() == round)
        .map((JsonNode event) -> event.get("helper").asString())
        .toList();
  }
}
