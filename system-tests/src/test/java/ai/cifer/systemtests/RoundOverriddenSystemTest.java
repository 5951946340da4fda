package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// An operator does not want to wait for a client any longer, and ends the round: the log says who
/// did it, when and why, and the next round has a result.
@Tag("slow")
class RoundOverriddenSystemTest {
  private static final String REASON = "clinic-4 lost its disk";
  private static final int ROUND_ABORTED = 44;

  @RegisterExtension final Federation federation = new Federation();

  private Cifer endRound() throws Exception {
    Cifer command =
        federation.start(
            "void",
            Cifer.small(64),
            List.of("runs", "void", federation.runFolder().toString(), "--reason", REASON));
    command.exitCode();
    return command;
  }

  @Test
  void theOperatorEndsARoundThatWaits_andTheLogSaysSo() throws Exception {
    federation.encryption("secure-aggregation");
    Cifer server = federation.server(Map.of("rounds", 1, "min_clients", 3));
    List<Cifer> clients = federation.clients(3);
    federation.client("client-4", Map.of("examples", 248, "hold", 1));
    federation.awaitHolding("client-4");
    Instant before = Instant.now();

    Cifer command = endRound();
    assertThat(command.exitCode()).as(command::report).isZero();
    assertThat(command.out()).contains("round 1 is to end without a result");
    JsonNode event = federation.awaitEvent("round_overridden", _ -> true);
    assertThat(event.get("round").asInt()).isEqualTo(1);
    assertThat(event.get("by").asString()).isEqualTo(System.getProperty("user.name"));
    assertThat(Instant.parse(event.get("at").asString())).isAfter(before.minusSeconds(1));
    assertThat(event.get("reason").asString()).isEqualTo(REASON);
    JsonNode voided = federation.awaitEvent("round_voided", _ -> true);
    assertThat(voided.get("reason").asString()).isEqualTo("the operator ended it: " + REASON);

    federation.letGo("client-4");
    assertThat(server.exitCode()).as(server::report).isZero();
    assertThat(federation.plannedAndActual()).containsOnlyKeys(2);
    for (Cifer client : clients) {
      assertThat(client.exitCode()).as(client::report).isZero();
      assertThat(client.out() + client.err()).contains(REASON);
    }

    Cifer late = endRound();
    assertThat(late.exitCode()).as(late::report).isEqualTo(ROUND_ABORTED);
    assertThat(late.err()).contains("no round is open");
  }
}
