package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Clients of real processes add noise inside the encryption; the run says what that spent.
@Tag("slow")
class DifferentialPrivacySystemTest {
  @RegisterExtension final Federation federation = new Federation();

  private static final Path TUMOURS = Cifer.HOME.resolve("examples/data/breast_cancer_wdbc.csv");
  private static final List<String> JVM = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");

  /// So little noise that three hospitals learn; no epsilon to recommend.
  private static final double NOISE = 0.05;

  /// Of dp-accounting 0.6.0: `GaussianDpEvent(0.05)`, composed once, twice and three times.
  private static final double[] EPSILON = {
    294.86126007165325, 534.8612600716532, 771.7782575788605
  };

  @Test
  void whatWasSpentIsInTheLog_andClientsDemandTheirNoise() throws Exception {
    Path model = federation.folder().resolve("model.safetensors");
    run("model", "init", "--architecture", "mlp 3 8 2", "--out", model.toString());
    federation.encryption("secure-aggregation");
    Cifer server =
        federation.server(
            JVM,
            Map.of(
                "n_round_clients",
                3,
                "rounds",
                3,
                "trainer",
                "djl",
                "local_epochs",
                2,
                "learning_rate",
                0.3,
                "privacy",
                Map.of("clip_norm", 1, "noise_multiplier", NOISE),
                "preprocessing",
                List.of(
                    Map.of("step", "label", "column", "benign"),
                    Map.of(
                        "step",
                        "select",
                        "columns",
                        List.of("mean_radius", "mean_texture", "mean_concavity")),
                    Map.of("step", "scale", "low", 0, "high", 40)),
                "dataset_path",
                TUMOURS.toString()));
    List<Cifer> clients = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      clients.add(
          federation.start(
              "client-" + i,
              JVM,
              federation.clientWords(
                  "client-" + i,
                  Map.of(),
                  Map.of(
                      "trainer",
                      "djl",
                      "dataset_path",
                      TUMOURS.toString(),
                      "min_noise_multiplier",
                      NOISE))));
    }
    assertThat(server.exitCode()).as(server::report).isZero();
    for (Cifer client : clients) {
      assertThat(client.exitCode()).as(client::report).isZero();
    }
    var rounds = federation.events("round_completed");
    assertThat(rounds).hasSize(3);
    for (int i = 0; i < rounds.size(); i++) {
      var spent = rounds.get(i).get("privacy");
      assertThat(spent.get("delta").asDouble()).isEqualTo(1e-5);
      assertThat(spent.get("epsilon").asDouble()).isCloseTo(EPSILON[i], within(1e-6));
    }
    assertThat(server.report()).contains("privacy spent");
  }

  private void run(String... words) throws Exception {
    Cifer command = federation.start(words[0] + "-" + words[1], JVM, List.of(words));
    assertThat(command.exitCode()).as(command::report).isZero();
  }
}
