package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The demo as a newcomer runs it: how good, how long, how much memory.
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class DemoAccuracySystemTest {
  private static final long LIMIT_BYTES = 6L << 30;

  @RegisterExtension final Federation federation = new Federation();

  @Test
  void tenRoundsReach82Percent_inThreeMinutes_in6Gigabytes() throws Exception {
    long start = System.nanoTime();
    Cifer demo = federation.start("demo", List.of("-Xmx256m"), List.of("demo", "--format", "json"));
    try (Memory memory = Memory.ofTree(demo)) {
      assertThat(demo.exitCode(Duration.ofMinutes(10))).isZero();

      double seconds = (System.nanoTime() - start) / 1e9;
      JsonNode run = new JsonMapper().readTree(demo.out());
      double accuracy = run.get("last").get("accuracy").asDouble();
      System.out.printf(
          "demo: accuracy %.4f, %.1f s, all processes %s%n", accuracy, seconds, memory.peak());
      assertThat(accuracy).isGreaterThanOrEqualTo(0.82);
      assertThat(run.get("last").get("examples").asLong()).isEqualTo(10_000);
      assertThat(run.get("rounds_completed").asInt()).isEqualTo(10);
      assertThat(memory.peak().samples()).isGreaterThan(50);
      assertThat(memory.peak().all()).isLessThan(LIMIT_BYTES);
      assertThat(seconds).isLessThan(180);
    }
  }
}
