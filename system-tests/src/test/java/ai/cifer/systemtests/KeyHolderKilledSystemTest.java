package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.exit.ExitCode;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// The key holder is killed with SIGKILL in the middle of round 2, whose key existed in its memory
/// only: that round can never be opened.
class KeyHolderKilledSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  @Test
  void forGood_theRoundIsVoidAndNothingIsOpened() throws Exception {
    Cifer server = federation.server(Map.of("rounds", 4, "patience", 3));
    Cifer keyHolder = federation.keyHolder();
    List<Cifer> clients = federation.clients(3);
    clients.add(federation.client("client-4", Map.of("hold", 2)));
    federation.awaitHolding("client-4");

    keyHolder.kill();
    federation.letGo("client-4");

    assertThat(server.exitCode()).isEqualTo(ExitCode.KEY_HOLDER_LOST.number());
    assertThat(server.err()).startsWith("error: ").contains("key-holder").doesNotContain("\tat ");
    assertThat(openedIn(2)).isEmpty();
    JsonNode voided = federation.events("round_voided").getFirst();
    assertThat(voided.get("round").asInt()).isEqualTo(2);
    assertThat(voided.get("reason").asString()).contains("key-holder");
    // Nothing is lost: the model of round 1 is there.
    assertThat(federation.plannedAndActual()).containsOnlyKeys(1);
    assertThat(federation.runFolder().resolve("model.safetensors")).exists();
    // The run may yet be resumed, but not from segments of the round that is void.
    assertThat(federation.runFolder().resolve("work")).isDirectoryNotContaining("glob:**/round-*");
    for (Cifer client : clients) {
      assertThat(client.exitCode()).as(client::report).isEqualTo(ExitCode.ROUND_ABORTED.number());
      assertThat(client.err()).contains("key-holder").doesNotContain("\tat ");
    }
  }

  @Test
  void andStartedAgain_theRunGoesOn() throws Exception {
    Cifer server = federation.server(Map.of("rounds", 4, "patience", 20));
    Cifer keyHolder = federation.keyHolder();
    List<Cifer> clients = federation.clients(3);
    clients.add(federation.client("client-4", Map.of("hold", 2)));
    federation.awaitHolding("client-4");

    keyHolder.kill();
    Cifer again = federation.keyHolder();
    federation.letGo("client-4");

    assertThat(server.exitCode()).isZero();
    assertThat(again.exitCode()).as(again::report).isZero();
    for (Cifer client : clients) {
      assertThat(client.exitCode()).as(client::report).isZero();
    }
    // Round 2 is void and stays void; four others have a result.
    assertThat(federation.events("round_voided"))
        .extracting(event -> event.get("round").asInt())
        .containsExactly(2);
    assertThat(openedIn(2)).isEmpty();
    assertThat(federation.plannedAndActual()).containsOnlyKeys(1, 3, 4, 5);
    assertThat(Files.size(federation.runFolder().resolve("model.safetensors"))).isPositive();
  }

  private List<JsonNode> openedIn(int round) throws java.io.IOException {
    return federation.events("segment_opened").stream()
        .filter(event -> event.get("round").asInt() == round)
        .toList();
  }
}
