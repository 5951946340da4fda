package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What `cifer plan` says goes over the wire goes over the wire, within 1 %: TLS, gRPC, handshakes
/// and notes on progress included. One round, four clients; client-1 and the key holder reach the
/// coordinator through wires that count.
@Tag("slow")
class PlanBytesSystemTest {
  private static final Percentage ONE = Percentage.withPercentage(1);

  @RegisterExtension final Federation federation = new Federation();

  @ParameterizedTest
  @CsvSource({"secure-aggregation, 2000000", "key-holder, 2000000", "ckks, 400000"})
  void aRoundMovesTheBytesOfThePlan(String mode, long parameters) throws Exception {
    federation.encryption(mode);
    federation.model(parameters);
    Cifer server = federation.server(Map.of("rounds", 1));
    Cifer plan =
        federation.start(
            "plan",
            List.of(),
            List.of(
                "plan",
                federation.of("coordinator").resolve("server.json").toString(),
                "--no-times",
                "--format",
                "json"));
    assertThat(plan.exitCode()).isZero();
    JsonNode bytes = bytes(new JsonMapper().readTree(plan.out()), mode);

    int port = federation.port();
    boolean holder = !mode.equals("secure-aggregation");
    try (FaultyWire ofClient = FaultyWire.to(port);
        FaultyWire ofHolder = FaultyWire.to(port)) {
      federation.port(ofHolder.port());
      if (holder) {
        federation.keyHolder();
      }
      federation.port(port);
      for (int i = 2; i <= 4; i++) {
        federation.client("client-" + i, Map.of("examples", 100));
      }
      federation.port(ofClient.port());
      federation.client("client-1", Map.of("examples", 100));
      assertThat(server.exitCode()).isZero();

      compare(mode + ": a client sends", ofClient.up(), bytes.get("client_up").asLong());
      compare(mode + ": a client receives", ofClient.down(), bytes.get("client_down").asLong());
      if (mode.equals("ckks")) {
        compare("key holder sends", ofHolder.up(), bytes.get("helper_up").asLong());
        compare("key holder receives", ofHolder.down(), bytes.get("helper_down").asLong());
      }
    }
    JsonNode round = federation.events("round_completed").getFirst();
    assertThat(round.get("upload_bytes").asLong())
        .isCloseTo(bytes.get("update").asLong(), Percentage.withPercentage(0.05));
  }

  private static void compare(String what, long wire, long planned) {
    System.out.printf(
        "%s: %d on the wire, %d in the plan (%+.2f %%)%n",
        what, wire, planned, 100.0 * (wire - planned) / planned);
    assertThat(wire).as(what).isCloseTo(planned, ONE);
  }

  private static JsonNode bytes(JsonNode plan, String mode) {
    for (JsonNode each : plan.get("modes")) {
      if (each.get("encryption").asString().equals(mode)) {
        return each.get("bytes");
      }
    }
    throw new AssertionError("no mode " + mode);
  }
}
