package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.secagg.journal.HelperJournal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// Two of four clients crash when their part of the sum is on its way, so that two parts of the
/// three that are needed are there: it is waited for, visibly, until one of them is back.
@Tag("slow")
class CrashBetweenCertificateAndRevealSystemTest {
  private static final String NEEDED = "helpers: 2 of 4 (needed to open segment 0: 3)";

  @RegisterExtension final Federation federation = new Federation();

  @Test
  void theRoundWaits_andOneThatComesBackHasItsPartOnItsDisk() throws Exception {
    federation.encryption("secure-aggregation");
    Cifer server = federation.server(Map.of("rounds", 1, "min_clients", 4, "patience", 60));
    Map<String, ?> patient = Map.of("patience", 60);
    federation.client("client-3", Map.of(), patient);
    federation.client("client-4", Map.of(), patient);
    try (Halt first = new Halt(HelperJournal.class.getName(), "reveal");
        Halt second = new Halt(HelperJournal.class.getName(), "reveal")) {
      List<Cifer> victims =
          List.of(
              federation.client(first.flags(), "client-1", Map.of()),
              federation.client(second.flags(), "client-2", Map.of()));
      first.await();
      second.await();
      victims.forEach(Cifer::kill);
    }
    federation.awaitEvent("waiting", event -> event.get("reason").asString().startsWith(NEEDED));
    assertThat(federation.events("segment_opened")).isEmpty();
    Cifer back = federation.client("client-1", Map.of(), patient);

    assertThat(server.exitCode()).as(server::report).isZero();
    assertThat(back.exitCode()).as(back::report).isZero();
    assertThat(federation.plannedAndActual()).containsEntry(1, "4 planned, 4 actual");
    assertThat(federation.events("sum_revealed"))
        .extracting((JsonNode event) -> event.get("helper").asString())
        .containsExactlyInAnyOrder("client-1", "client-3", "client-4");
    assertThat(federation.events("helper_restarted"))
        .extracting((JsonNode event) -> event.get("helper").asString())
        .containsExactly("client-1");
    assertThat(server.out())
        .contains("waiting: " + NEEDED + "; whoever comes back has its part on its disk")
        .contains("left: client-1 (client)", "left: client-2 (client)");
  }
}
