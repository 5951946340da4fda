package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.training.python.PythonEnvironment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Programs in Python, with libraries that nobody here wrote, from the published proto and
/// `docs/reference-wire.md` alone.
@Tag("slow")
class ForeignClientsSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  private static PythonEnvironment python;

  @BeforeAll
  static void install() throws Exception {
    python = PythonEnvironment.of("examples/python/wire/requirements.txt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc", "websocket"})
  void joinsARound_andGetsItsModel(String transport) throws Exception {
    federation.encryption("none");
    federation.server(Map.of("n_round_clients", 1, "k_min", 1, "min_clients", 1, "rounds", 1));
    JsonNode client =
        run("--transport", transport, "--identity", of("client-1"), "--leave-after", "round-void")
            .getFirst();
    List<String> said = said(client);
    assertThat(client.get("name").asString()).isEqualTo("client-1");
    assertThat(said).startsWith("welcome", "round-open").contains("round-void");
    assertThat(said.get(2))
        .matches("model\\.1 %d [0-9a-f]{64}".formatted(4 * Federation.PARAMETERS));
  }

  @Test
  void twoThatSign_becomeHelpersOfOneRound() throws Exception {
    federation.encryption("secure-aggregation");
    federation.server(
        Map.of("n_round_clients", 2, "k_min", 2, "min_clients", 2, "identify_by", "signature"));
    List<JsonNode> clients =
        run(
            "--transport",
            "websocket",
            "--sign",
            "--identity",
            of("client-1"),
            "--identity",
            of("client-2"),
            "--leave-after",
            "round-open");
    assertThat(clients).hasSize(2);
    for (JsonNode client : clients) {
      assertThat(said(client)).startsWith("welcome", "hello-request", "round-open");
    }
    assertThat(federation.events("helper_ready"))
        .extracting(event -> event.get("helper").asString())
        .containsExactlyInAnyOrder("client-1", "client-2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc", "websocket"})
  void whoeverMayNotIn_learnsWhy(String transport) throws Exception {
    federation.server(Map.of());
    JsonNode refused = run("--transport", transport, "--identity", of("coordinator")).getFirst();
    assertThat(refused.get("refused").asString())
        .isEqualTo(
            "PERMISSION_DENIED role of coordinator: coordinator (expected: client or key-holder)");
  }

  private String of(String participant) {
    return federation.of(participant).toString();
  }

  private List<JsonNode> run(String... words) throws IOException, InterruptedException {
    List<String> all =
        new ArrayList<>(
            List.of(
                Cifer.HOME.resolve("examples/python/wire/wire.py").toString(),
                "--port",
                Integer.toString(federation.port())));
    all.addAll(List.of(words));
    String printed = python.run(all.toArray(String[]::new));
    return printed
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(new JsonMapper()::readTree)
        .toList();
  }

  private static List<String> said(JsonNode client) {
    List<String> said = new ArrayList<>();
    client.get("said").forEach(each -> said.add(each.asString()));
    return said;
  }
}
