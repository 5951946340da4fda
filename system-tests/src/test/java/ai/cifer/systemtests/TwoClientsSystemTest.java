package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Each of two clients can compute the other's update from their sum: a run of two ends before
/// anybody trains, and everybody reads why and what to do, unless both consented in their files.
@Tag("slow")
class TwoClientsSystemTest {
  private static final int TOO_FEW_PARTICIPANTS = 40;
  private static final Map<String, ?> TWO =
      Map.of("rounds", 1, "n_round_clients", 2, "min_clients", 2);
  private static final List<String> CURE =
      List.of(
          "k_min: 2 (expected: >= 3, as this participant demands)",
          "each of two can compute the other's update from their sum",
          "let a third participant join",
          "write \"k_min\": 2 in this participant's file",
          "key-holder");

  @RegisterExtension final Federation federation = new Federation();

  @Test
  void withoutConsent_nobodyTrains_andEverybodyReadsTheCure() throws Exception {
    federation.encryption("secure-aggregation");
    Cifer server = federation.server(TWO);
    Cifer one = federation.client("client-1", Map.of(), Map.of("k_min", 2));
    Cifer two = federation.client("client-2", Map.of());
    assertThat(server.exitCode()).as(server::report).isEqualTo(TOO_FEW_PARTICIPANTS);
    assertThat(server.err()).contains(CURE);
    for (Cifer client : List.of(one, two)) {
      assertThat(client.exitCode()).as(client::report).isNotZero();
      assertThat(client.out() + client.err()).contains(CURE);
    }
    assertThat(federation.events("segment_stored")).isEmpty();
  }

  @Test
  void withConsent_theyTrain() throws Exception {
    federation.encryption("secure-aggregation");
    Cifer server = federation.server(TWO);
    for (String client : List.of("client-1", "client-2")) {
      federation.client(client, Map.of(), Map.of("k_min", 2));
    }
    assertThat(server.exitCode()).as(server::report).isZero();
    assertThat(federation.plannedAndActual()).containsEntry(1, "2 planned, 2 actual");
  }
}
