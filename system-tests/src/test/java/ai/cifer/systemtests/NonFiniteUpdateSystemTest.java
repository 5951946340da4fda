package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// Under encryption nobody but the client itself could see that its update is not a number, so it
/// must look.
class NonFiniteUpdateSystemTest {
  private static final String REASON = "dense.bias[7]: NaN (expected: a finite number";

  @RegisterExtension final Federation federation = new Federation();

  @Test
  void isRefusedByItsClient_andTheRoundGoesOnWithTheOthers() throws Exception {
    Cifer server = federation.server(Map.of("rounds", 2));
    federation.keyHolder();
    federation.clients(3);
    Cifer client = federation.client("client-4", Map.of("nan", Federation.PARAMETERS - 50 + 7));

    assertThat(server.exitCode()).isZero();

    assertThat(federation.plannedAndActual())
        .containsEntry(1, "4 planned, 3 actual")
        .containsEntry(2, "4 planned, 3 actual");
    JsonNode withdrawn = federation.events("client_withdrew").getFirst();
    assertThat(withdrawn.get("client").asString()).isEqualTo("client-4");
    assertThat(withdrawn.get("reason").asString()).startsWith(REASON);
    assertThat(federation.events("segment_stored"))
        .noneMatch(event -> event.get("client").asString().equals("client-4"));
    // It reports it to its own people as well, and is not broken by it.
    assertThat(client.exitCode()).isZero();
    assertThat(client.out()).contains(REASON);
    assertThat(Files.exists(federation.runFolder().resolve("work"))).isFalse();
  }
}
