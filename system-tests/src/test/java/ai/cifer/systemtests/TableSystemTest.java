package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Hospitals with CSV files train a small network, encrypted: split, prepared and trained by real
/// processes.
class TableSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  private static final Path TUMOURS = Cifer.HOME.resolve("examples/data/breast_cancer_wdbc.csv");
  private static final List<String> JVM = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");

  /// Ranges that doctors know, not those of anybody's data.
  private static final List<Map<String, ?>> STEPS =
      List.of(
          Map.of("step", "label", "column", "benign"),
          scale(40, "mean_radius", "worst_radius"),
          scale(50, "mean_texture", "worst_texture"),
          scale(250, "mean_perimeter", "worst_perimeter"),
          scale(2500, "mean_area", "worst_area"),
          scale(20, "se_perimeter"),
          scale(200, "se_area"));

  private static Map<String, ?> scale(int high, String... columns) {
    return Map.of("step", "scale", "columns", List.of(columns), "low", 0, "high", high);
  }

  @Test
  void threeHospitalsWithCsvFiles_learnTogether() throws Exception {
    Path parts = federation.folder().resolve("parts");
    run(
        "data",
        "split",
        TUMOURS.toString(),
        "--by",
        "iid",
        "--clients",
        "4",
        "--out",
        parts.toString());
    Path model = federation.folder().resolve("model.safetensors");
    run("model", "init", "--architecture", "mlp 30 16 2", "--out", model.toString());
    federation.encryption("secure-aggregation");
    Cifer server =
        federation.server(
            JVM,
            Map.of(
                "n_round_clients",
                3,
                "rounds",
                6,
                "trainer",
                "djl",
                "local_epochs",
                3,
                "learning_rate",
                0.3,
                "patience",
                30,
                "preprocessing",
                STEPS,
                "dataset_path",
                parts.resolve("client-4.csv").toString()));

    List<Cifer> clients = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      String data = parts.resolve("client-%d.csv".formatted(i)).toString();
      List<String> words =
          federation.clientWords(
              "client-" + i,
              Map.of(),
              Map.of("trainer", "djl", "dataset_path", data, "patience", 30));
      clients.add(federation.start("client-" + i, JVM, words));
    }

    assertThat(server.exitCode()).as(server::report).isZero();
    for (Cifer client : clients) {
      assertThat(client.exitCode()).as(client::report).isZero();
    }
    assertThat(Files.readString(federation.runFolder().resolve("config.json")))
        .contains("mean_perimeter");
    double accuracy =
        federation.events("round_completed").getLast().get("metrics").get("accuracy").asDouble();
    // Always "benign" is right in 63 of 100.
    assertThat(accuracy).isGreaterThan(0.85);
  }

  private void run(String... words) throws Exception {
    Cifer command = federation.start(words[0] + "-" + words[1], JVM, List.of(words));
    assertThat(command.exitCode()).as(command::report).isZero();
  }
}
