package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Between one of four clients and the coordinator bytes are damaged on their way to the client,
/// each connection in another way: TLS refuses them, the client finds a new connection, and when
/// the wire is whole again it has lost nothing.
@Tag("slow")
class DamagedWireSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  @Test
  void onTheWayToTheClient_itBeginsAgain_andCounts() throws Exception {
    federation.encryption("secure-aggregation");
    Cifer server = federation.server(Map.of("rounds", 2, "min_clients", 4, "patience", 20));
    List<Cifer> clients = federation.clients(3);
    try (FaultyWire wire = FaultyWire.to(federation.port())) {
      wire.damage(FaultyWire.Damage.values());
      federation.port(wire.port());
      clients.add(federation.client("client-4", Map.of()));
      assertThat(server.exitCode()).as(server::report).isZero();
      for (Cifer client : clients) {
        assertThat(client.exitCode()).as(client::report).isZero();
      }
      assertThat(wire.damagesLeft()).isZero();
    }
    assertThat(federation.plannedAndActual())
        .containsEntry(1, "4 planned, 4 actual")
        .containsEntry(2, "4 planned, 4 actual");
    assertThat(federation.events("round_voided")).isEmpty();
  }
}
