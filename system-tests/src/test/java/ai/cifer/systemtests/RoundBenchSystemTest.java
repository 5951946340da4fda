package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The commands that show what a round costs run, on small models; their figures say nothing here.
@Tag("slow")
class RoundBenchSystemTest {
  private static final List<String> JVM = List.of("-Xmx512m", "--add-modules=jdk.incubator.vector");

  @TempDir Path folder;

  @Test
  void wholeRoundsOfProcesses_encryptedAndUnencryptedAlternately() throws Exception {
    JsonNode figures =
        document(
            "bench",
            "round",
            "--clients",
            "3",
            "--params",
            "30000",
            "--rounds",
            "2",
            "--pairs",
            "1");
    assertThat(figures.path("runs")).hasSize(2);
    assertThat(figures.path("runs").get(0).path("encryption").asString()).isEqualTo("none");
    assertThat(figures.path("runs").get(1).path("encryption").asString())
        .isEqualTo("secure-aggregation");
    for (JsonNode run : figures.path("runs")) {
      assertThat(run.path("rounds")).hasSize(2);
      assertThat(run.path("rounds").get(0).path("seconds").asDouble()).isPositive();
    }
    assertThat(figures.path("ratio").asDouble()).isPositive();
    assertThat(figures.path("least_ratio").asDouble())
        .isLessThanOrEqualTo(figures.path("most_ratio").asDouble());
  }

  @Test
  void everyStepOfARound_byItsClass() throws Exception {
    JsonNode round =
        document("bench", "aggregate", "--clients", "16", "--params", "10000000", "--each", "20")
            .path("aggregate");
    JsonNode steps = round.path("per_million");
    for (String step :
        List.of(
            "client_millis",
            "receive_millis",
            "fold_millis",
            "open_millis",
            "split_millis",
            "combine_millis")) {
      assertThat(steps.path(step).asDouble()).as(step).isPositive();
    }
    // Blocks, shares and manifests of the real messages: bytes do not depend on the machine.
    assertThat(round.path("ratio").asDouble()).isBetween(1.04, 1.06);
  }

  private JsonNode document(String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--format", "json"));
    try (Cifer bench = Cifer.start(folder, "bench", JVM, all)) {
      assertThat(bench.exitCode()).as(bench::report).isZero();
      return JsonMapper.shared().readTree(bench.out());
    }
  }
}
