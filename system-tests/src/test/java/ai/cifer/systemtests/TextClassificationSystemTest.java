package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.training.python.PythonEnvironment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs `docs/how-to-texts.md`: a BERT of Hugging Face learns in the JVM, encrypted, to tell
/// whether a passage of a State of the Union address is from before 1900. Presidents are dealt out:
/// those that it is tested on were seen by nobody.
class TextClassificationSystemTest {

  private static final Path SPEECHES =
      Cifer.HOME.resolve("training/src/test/resources/fixtures/text/speeches");
  private static final List<String> PLACES =
      List.of("coordinator", "client-1", "client-2", "client-3");
  private static final List<String> JVM = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");
  private static final int WORDS = 24;
  private static final int PASSAGES = 12;

  private static final String COMPARE =
      """
      import sys, numpy as np, torch
      from transformers import BertForSequenceClassification
      net = BertForSequenceClassification.from_pretrained(sys.argv[1], attn_implementation="eager").eval()
      tokens = torch.from_numpy(np.load(sys.argv[2])["x"]).long()
      with torch.no_grad():
          found = net(tokens, attention_mask=(tokens != 0).long()).logits.numpy()
      print("same outputs:", np.abs(found - np.load(sys.argv[3])).max() < 1e-5)
      """;

  @RegisterExtension final Federation federation = new Federation();

  @Test
  @Tag("slow")
  void threeClientsTeachABertInTheJvm() throws Exception {
    train(SPEECHES.resolve("graph.pt"));

    JsonNode metrics = federation.events("round_completed").getLast().get("metrics");
    // Always "new" is right in 54 of 100.
    assertThat(metrics.get("accuracy").asDouble()).as(metrics.toString()).isGreaterThan(0.7);
  }

  @Test
  @Tag("full")
  void transformersComputesTheSameWithTheResult() throws Exception {
    PythonEnvironment python =
        PythonEnvironment.of("examples/python/transformers/requirements.txt");
    Path script = federation.folder().resolve("export.py");
    Files.writeString(script, blocks("python").getFirst());
    Path graph = federation.folder().resolve("graph.pt");
    python.run(script.toString(), SPEECHES.toString(), "32", graph.toString());
    train(graph);

    Path result = federation.runFolder().resolve("model");
    Path tokens = federation.of("coordinator").resolve("tokens.npz");
    Path config = federation.of("coordinator").resolve("server.json");
    Path outputs = federation.folder().resolve("outputs.npy");
    run(
        List.of(
            "model",
            "evaluate",
            result.toString(),
            "--data",
            tokens.toString(),
            "--config",
            config.toString(),
            "--outputs",
            outputs.toString()));
    assertThat(python.run("-c", COMPARE, result.toString(), tokens.toString(), outputs.toString()))
        .contains("same outputs: True");
  }

  private static List<String> blocks(String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(Cifer.HOME.resolve("docs/how-to-texts.md")))
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  private static Map<String, Object> keys(int block) throws IOException {
    Map<String, Object> keys =
        JsonMapper.shared()
            .readValue(
                blocks("json").get(block), new TypeReference<LinkedHashMap<String, Object>>() {});
    keys.put("trainer", "djl");
    keys.put("patience", 60);
    return keys;
  }

  private void train(Path graph) throws Exception {
    deal();
    for (String place : PLACES) {
      Path folder = federation.of(place);
      Files.copy(graph, folder.resolve("graph.pt"));
      Files.createDirectory(folder.resolve("speeches"));
      for (String name :
          List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
        Files.copy(SPEECHES.resolve(name), folder.resolve("speeches").resolve(name));
      }
      List<String> words = new ArrayList<>();
      for (String word : blocks("sh").getFirst().strip().split(" ", -1)) {
        boolean file = word.contains(".") || word.equals("speeches");
        words.add(file ? folder.resolve(word).toString() : word);
      }
      words.removeFirst();
      run(words);
    }
    federation.encryption("secure-aggregation");
    Map<String, Object> coordinator = keys(0);
    coordinator.put("port", 0);
    Cifer server = federation.server(JVM, coordinator);
    for (String name : PLACES.subList(1, PLACES.size())) {
      Map<String, Object> client = keys(1);
      client.put("port", federation.port());
      federation.start(name, JVM, federation.clientWords(name, Map.of(), client));
    }
    assertThat(server.exitCode()).as(server::report).isZero();
  }

  /// Deals presidents to the places, as CSV files of passages.
  private void deal() throws Exception {
    Map<String, StringBuilder> tables = new TreeMap<>();
    PLACES.forEach(place -> tables.put(place, new StringBuilder("text,era\n")));
    Map<String, String> presidents = new TreeMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Files.newInputStream(Cifer.HOME.resolve("examples/data/sotu.jsonl.gz"))),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode address = JsonMapper.shared().readTree(line);
        String place =
            presidents.computeIfAbsent(
                address.get("client").asString(),
                _ -> PLACES.get(presidents.size() % PLACES.size()));
        add(Objects.requireNonNull(tables.get(place)), address);
      }
    }
    for (String place : PLACES) {
      Files.writeString(
          federation.of(place).resolve("speeches.csv"), Objects.requireNonNull(tables.get(place)));
    }
  }

  private static void add(StringBuilder table, JsonNode address) {
    String[] words = address.get("text").asString().strip().split("\\s+");
    for (int i = 0; i < PASSAGES && (i + 1) * WORDS <= words.length; i++) {
      String passage = String.join(" ", List.of(words).subList(i * WORDS, (i + 1) * WORDS));
      table
          .append('"')
          .append(passage.replace("\"", "\"\""))
          .append("\",")
          .append(address.get("year").asInt() < 1900 ? "old" : "new")
          .append('\n');
    }
  }

  private void run(List<String> words) throws Exception {
    Cifer command = federation.start(words.get(1), JVM, words);
    assertThat(command.exitCode()).as(command::report).isZero();
  }
}
