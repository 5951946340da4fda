package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// A model of 1 GB, four clients, encrypted: the coordinator's memory does not grow with it.
///
/// Needs about 12 GB of disk.
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class LargeModelMemorySystemTest {
  private static final long PARAMETERS = 250_000_000;
  private static final long LIMIT_BYTES = 512L << 20;
  private static final List<String> SMALL = List.of("-Xmx256m", "-XX:MaxDirectMemorySize=128m");

  @RegisterExtension final Federation federation = new Federation();

  @Test
  void coordinatorStaysUnder512Megabytes() throws Exception {
    federation.model(PARAMETERS);
    Cifer server = federation.server(SMALL, Map.of("rounds", 1, "patience", 120));
    Cifer keyHolder = federation.keyHolder();
    List<Cifer> clients = new ArrayList<>();
    for (String client : Identities.CLIENTS) {
      clients.add(federation.client(SMALL, client, Map.of("examples", 100, "mapped", true)));
    }
    try (Memory coordinator = Memory.of(server);
        Memory client = Memory.of(clients.getFirst());
        Memory keys = Memory.of(keyHolder)) {
      assertThat(server.exitCode(Duration.ofMinutes(25))).isZero();

      JsonNode round = federation.events("round_completed").getFirst();
      double seconds = round.get("times").get("total").asDouble();
      System.out.printf(
          "1 GB model, 4 clients%n  coordinator  %s%n  client       %s%n  key holder   %s%n"
              + "  round        %.1f s, %.1f MB/s of updates; %s%n",
          coordinator.peak(),
          client.peak(),
          keys.peak(),
          seconds,
          4 * 4.0 * PARAMETERS / seconds / 1e6,
          round.get("times"));
      assertThat(coordinator.peak().samples()).isGreaterThan(50);
      assertThat(coordinator.peak().own()).isLessThan(LIMIT_BYTES);
      assertThat(client.peak().own()).isLessThan(LIMIT_BYTES);
      assertThat(federation.plannedAndActual()).containsEntry(1, "4 planned, 4 actual");
    }
  }
}
