package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Banks with CSV files standardise over all of them, encrypted: real processes, values that are
/// missing, and a model that learns from what came of it.
@Tag("slow")
class StatisticsSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  private static final Path LOANS = Cifer.HOME.resolve("examples/data/credit_data.csv");
  private static final List<String> JVM = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");
  private static final int CLIENTS = 3;

  /// The steps that the page shows.
  private static JsonNode steps() throws Exception {
    String page = Files.readString(Cifer.HOME.resolve("docs/how-to-data.md"));
    String chapter = page.substring(page.indexOf("### Statistics over all participants"));
    Matcher fence = Pattern.compile("(?s)```json\\n(.*?)```").matcher(chapter);
    assertThat(fence.find()).isTrue();
    return new JsonMapper().readTree(fence.group(1)).get("preprocessing");
  }

  @Test
  void threeBanks_standardizeOverAllTheirCustomers() throws Exception {
    Path parts = federation.folder().resolve("parts");
    run(
        "data",
        "split",
        LOANS.toString(),
        "--by",
        "quantity",
        "--label",
        "Status",
        "--clients",
        "4",
        "--out",
        parts.toString());
    Path model = federation.folder().resolve("model.safetensors");
    run("model", "init", "--architecture", "mlp 4 8 2", "--out", model.toString());
    federation.encryption("secure-aggregation");
    Cifer server =
        federation.server(
            JVM,
            Map.of(
                "n_round_clients",
                CLIENTS,
                "rounds",
                2,
                "trainer",
                "djl",
                "patience",
                30,
                "learning_rate",
                0.1,
                "preprocessing",
                steps(),
                "dataset_path",
                parts.resolve("client-4.csv").toString()));
    List<Cifer> clients = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      List<String> words =
          federation.clientWords(
              "client-" + i,
              Map.of(),
              Map.of(
                  "trainer",
                  "djl",
                  "dataset_path",
                  parts.resolve("client-%d.csv".formatted(i)).toString(),
                  "patience",
                  30));
      clients.add(federation.start("client-" + i, JVM, words));
    }

    assertThat(server.exitCode()).as(server::report).isZero();
    for (Cifer client : clients) {
      assertThat(client.exitCode()).as(client::report).isZero();
    }
    assertThat(server.out()).contains("before training: statistics over all participants");
    JsonNode found =
        new JsonMapper()
            .readTree(Files.readString(federation.runFolder().resolve("preprocessing.json")));

    List<double[]> rows = pooled(parts);
    double income = mean(there(rows, 2));
    assertThat(found.get(2).get("means").get(0).asDouble()).isCloseTo(income, within(0.05));
    double[] filled =
        rows.stream().mapToDouble(row -> Double.isNaN(row[2]) ? income : row[2]).toArray();
    requireStandardized(found.get(3), 0, there(rows, 0));
    requireStandardized(found.get(3), 1, there(rows, 1));
    requireStandardized(found.get(4), 0, filled);
    requireStandardized(found.get(5), 0, there(rows, 3));
    // Always "good" is right in 72 of 100.
    assertThat(
            federation
                .events("round_completed")
                .getLast()
                .get("metrics")
                .get("accuracy")
                .asDouble())
        .isGreaterThan(0.7);
    Path preprocessing = federation.runFolder().resolve("preprocessing.json");
    run(
        "model",
        "evaluate",
        federation.runFolder().resolve("model.safetensors").toString(),
        "--data",
        parts.resolve("client-4.csv").toString(),
        "--preprocessing",
        preprocessing.toString());
  }

  /// The bound is that of the rounding: a few millionths of the range.
  private static void requireStandardized(JsonNode step, int value, double[] pooled) {
    double high = step.get("high").asDouble();
    double mean = mean(pooled);
    double deviation =
        Math.sqrt(DoubleStream.of(pooled).map(x -> (x - mean) * (x - mean)).average().orElse(0));
    assertThat(step.get("means").get(value).asDouble()).isCloseTo(mean, within(high * 2e-5));
    assertThat(step.get("deviations").get(value).asDouble())
        .isCloseTo(deviation, within(high * 2e-4));
  }

  /// The columns Seniority, Age, Income and Amount of all clients, cut to their ranges.
  private static List<double[]> pooled(Path parts) throws Exception {
    double[] high = {100, 100, 1000, 5000};
    List<double[]> rows = new ArrayList<>();
    for (int client = 1; client <= CLIENTS; client++) {
      List<String> lines = Files.readAllLines(parts.resolve("client-%d.csv".formatted(client)));
      List<String> names = Arrays.asList(lines.getFirst().split(",", -1));
      int[] columns =
          List.of("Seniority", "Age", "Income", "Amount").stream()
              .mapToInt(names::indexOf)
              .toArray();
      for (String line : lines.subList(1, lines.size())) {
        String[] fields = line.split(",", -1);
        double[] row = new double[columns.length];
        for (int i = 0; i < row.length; i++) {
          String field = fields[columns[i]];
          boolean missing = field.isEmpty() || field.equals("NA");
          row[i] = missing ? Double.NaN : Math.clamp(Double.parseDouble(field), 0, high[i]);
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static double[] there(List<double[]> rows, int column) {
    return rows.stream().mapToDouble(row -> row[column]).filter(x -> !Double.isNaN(x)).toArray();
  }

  private static double mean(double[] values) {
    return DoubleStream.of(values).average().orElseThrow();
  }

  private void run(String... words) throws Exception {
    Cifer command = federation.start(words[0] + "-" + words[1], JVM, List.of(words));
    assertThat(command.exitCode()).as(command::report).isZero();
  }
}
