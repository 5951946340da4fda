package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Strategies with a part at the clients, encrypted, by real processes on real data that they have
/// unequal parts of.
@Tag("slow")
class StrategiesSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  private static final Path TUMOURS = Cifer.HOME.resolve("examples/data/breast_cancer_wdbc.csv");
  private static final List<String> JVM = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");
  private static final int MODEL_BYTES = 4 * (30 * 16 + 16 + 16 * 2 + 2);

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

  /// @param remembers how many vectors a client keeps
  /// @param fetches how many times the model's bytes it gets
  @ParameterizedTest
  @CsvSource({"scaffold, 1, 2", "feddyn, 1, 1", "fednova, 0, 1", "qfedavg, 0, 1"})
  void learnsEncrypted(String strategy, int remembers, int fetches) throws Exception {
    Path parts = federation.folder().resolve("parts");
    String[] split = {"data", "split", TUMOURS.toString(), "--by", "quantity", "--alpha", "3"};
    run(
        Stream.of(split, new String[] {"--clients", "4", "--out", parts.toString()})
            .flatMap(Stream::of)
            .toArray(String[]::new));
    Path model = federation.folder().resolve("model.safetensors");
    run("model", "init", "--architecture", "mlp 30 16 2", "--out", model.toString());
    federation.encryption("secure-aggregation");
    Map<String, Object> keys = new TreeMap<>();
    keys.put("strategy", strategy);
    keys.put("n_round_clients", 3);
    keys.put("rounds", 6);
    keys.put("trainer", "djl");
    keys.put("local_epochs", 3);
    keys.put("learning_rate", 0.3);
    keys.put("patience", 30);
    keys.put("preprocessing", STEPS);
    keys.put("dataset_path", parts.resolve("client-4.csv").toString());
    Cifer server = federation.server(JVM, keys);
    List<Cifer> clients = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      String data = parts.resolve("client-%d.csv".formatted(i)).toString();
      clients.add(
          federation.start(
              "client-" + i,
              JVM,
              federation.clientWords(
                  "client-" + i,
                  Map.of(),
                  Map.of("trainer", "djl", "dataset_path", data, "patience", 30))));
    }

    assertThat(server.exitCode()).as(server::report).isZero();
    for (Cifer client : clients) {
      assertThat(client.exitCode()).as(client::report).isZero();
    }
    var last = federation.events("round_completed").getLast();
    // Always "benign" is right in 63 of 100.
    assertThat(last.get("metrics").get("accuracy").asDouble()).isGreaterThan(0.85);
    assertThat(last.get("download_bytes").asLong()).isEqualTo(fetches * (long) MODEL_BYTES);
    assertThat(remembered("client-1")).hasSize(remembers);
  }

  private List<Path> remembered(String client) throws Exception {
    Path memory = federation.of(client).resolve("state").resolve("memory");
    if (!Files.exists(memory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(memory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private void run(String... words) throws Exception {
    Cifer command = federation.start(words[0] + "-" + words[1], JVM, List.of(words));
    assertThat(command.exitCode()).as(command::report).isZero();
  }
}
