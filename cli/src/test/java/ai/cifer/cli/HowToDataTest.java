package ai.cifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.terminal.Captured;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Target;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.training.data.Column;
import ai.cifer.training.data.Examples;
import ai.cifer.training.data.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Executes every snippet of `docs/how-to-data.md`.
class HowToDataTest {

  private static final Path ROOT = Path.of("..");
  private static final Path LOANS = ROOT.resolve("examples/data/credit_data.csv");
  private static final Path FIXTURES = ROOT.resolve("training/src/test/resources/fixtures/data");

  /// Stand for the files of a reader.
  private static final Map<String, Path> FILES =
      Map.of(
          "visits.tfrecord.gz", FIXTURES.resolve("examples.tfrecord.gz"),
          "mnist", FIXTURES.resolve("idx"),
          "pictures", FIXTURES.resolve("images"),
          "table.npy", FIXTURES.resolve("version3.npy"));

  private static final Pattern FENCE = Pattern.compile("(?s)```(\\w+)\\n(.*?)```");

  @TempDir Path folder;

  private final Captured captured = Captured.file();

  private static List<String> snippets(String language) throws IOException {
    List<String> snippets = new ArrayList<>();
    Matcher fence = FENCE.matcher(Files.readString(ROOT.resolve("docs/how-to-data.md")));
    while (fence.find()) {
      if (fence.group(1).equals(language)) {
        snippets.add(fence.group(2));
      }
    }
    return snippets;
  }

  @Test
  void everyCommandRuns() throws Exception {
    int commands = 0;
    for (String snippet : snippets("sh")) {
      for (String line : snippet.lines().toList()) {
        assertThat(run(words(line))).as(line + captured.err()).isZero();
        commands++;
      }
    }
    assertThat(commands).isEqualTo(10);
    JsonNode part =
        JsonMapper.shared()
            .readTree(inspected(folder.resolve("parts-by-label/client-1.csv")))
            .get(0);
    assertThat(part.path("format").asString()).isEqualTo("csv");
    assertThat(Files.readAllLines(folder.resolve("parts-by-label/client-1.csv")).getFirst())
        .isEqualTo(Files.readAllLines(LOANS).getFirst());
    long rows = 0;
    for (int client = 1; client <= 4; client++) {
      rows +=
          Files.readAllLines(folder.resolve("parts-by-label/client-%d.csv".formatted(client)))
                  .size()
              - 1;
    }
    assertThat(rows).isEqualTo(4454);
    assertThat(folder.resolve("pictures-by-client/client-2.npz")).exists();
  }

  private String inspected(Path file) {
    int before = captured.out().length();
    assertThat(run("data", "inspect", file.toString(), "--format", "json")).isZero();
    return captured.out().substring(before);
  }

  /// What lies in the project is read there, what is written goes to the folder.
  private String[] words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("\"([^\"]*)\"|(\\S+)").matcher(line);
    while (word.find()) {
      words.add(word.group(1) == null ? word.group(2) : word.group(1));
    }
    assertThat(words.removeFirst()).isEqualTo("cifer");
    for (int i = 0; i < words.size(); i++) {
      Path file = FILES.get(words.get(i));
      if (file != null) {
        words.set(i, file.toString());
      } else if (words.get(i).startsWith("examples/")) {
        words.set(i, ROOT.resolve(words.get(i)).toString());
      } else if (i > 0 && words.get(i - 1).equals("--out")) {
        words.set(i, folder.resolve(words.get(i)).toString());
      }
    }
    return words.toArray(String[]::new);
  }

  private int run(String... words) {
    return Cifer.run(captured.terminal(), words);
  }

  @Test
  void theStepsOfTheConfiguration_prepareTheLoans() throws Exception {
    String steps = snippets("json").getFirst().strip();
    Path file =
        Files.writeString(
            folder.resolve("server.json"),
            "{\"base_api\": \"https://localhost\", \"n_round_clients\": 3, \"certfile\": \"c\", \"keyfile\": \"k\", "
                + steps.substring(1));
    Preprocessing preprocessing = ServerConfig.read(file, Map.of()).preprocessing();
    try (Table table = Table.open(LOANS, Split.TRAIN)) {
      assertThat(table.columns().stream().mapToLong(Column::missing).sum()).isPositive();
      Examples loans = table.prepared(preprocessing);
      assertThat(loans.size()).isEqualTo(4454);
      assertThat(loans.exampleShape()).containsExactly(10);
      assertThat(loans.target()).isEqualTo(new Target.Classes(2, 1));
      assertThat(loans.classCounts()).containsExactly(1254, 3200);
    }
  }

  @Test
  void theJavaSnippet_isThisOne() throws Exception {
    // The text between the marks stands in the page, with another path.
    // begin
    try (Table table = Table.open(LOANS, Split.TRAIN)) {
      Preprocessing steps =
          new Preprocessing(
              List.of(
                  new Preprocessing.Label("Status", List.of("bad", "good")),
                  new Preprocessing.Select(List.of("Age", "Income")),
                  new Preprocessing.Impute(List.of("Income"), 0)));
      try (Dataset.Batches batches = table.prepared(steps).batches(32, null)) {
        Dataset.Batch first = batches.next();
        // end
        assertThat(Objects.requireNonNull(first).features()).startsWith(30, 129, 58, 131);
      }
    }
    String text = Files.readString(Path.of("src/test/java/ai/cifer/cli/HowToDataTest.java"));
    String source = text.substring(text.indexOf("// begin") + 8, text.indexOf("// end"));
    String page = snippets("java").getFirst();
    assertThat(
            page.replace("Path.of(\"examples/data/credit_data.csv\")", "LOANS")
                .replaceAll("[\\s}]", ""))
        .isEqualTo(source.replaceAll("[\\s}]", ""));
  }
}
