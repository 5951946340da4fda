package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.cifer.fedlearn.train.TrainerProvider;
import ai.cifer.training.python.PythonEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs `docs/how-to-tensorflow.md`: a SavedModel is saved by TensorFlow, trained encrypted at
/// three clients, in the JVM (in builds with `-Ptensorflow`) and by a program, and opened by
/// TensorFlow.
@Tag("full")
class TensorFlowSystemTest {

  private static final List<String> JVM = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");
  private static final List<String> PLACES =
      List.of("client-1", "client-2", "client-3", "coordinator");

  /// Columns that the page's steps divide, by the number that they are divided by.
  private static final String OPENS =
      """
      import csv, json, sys, numpy as np, tensorflow as tf
      model, data, config = sys.argv[1:]
      rows = list(csv.reader(open(data)))
      table = np.array(rows[1:], "f4")
      for step in json.load(open(config))["preprocessing"]:
          for column in step.get("columns", []):
              table[:, rows[0].index(column)] /= step["high"]
      label = rows[0].index("benign")
      found = tf.saved_model.load(model).signatures["evaluate"](
          x=tf.constant(np.delete(table, label, 1)), y=tf.constant(table[:, label].astype("i8")))
      print("measured", float(found["accuracy"]), float(found["loss"]))
      """;

  @RegisterExtension final Federation federation = new Federation();
  private PythonEnvironment python;

  private static List<String> blocks(String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(Cifer.HOME.resolve("docs/how-to-tensorflow.md")))
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  private static Map<String, Object> keys(int block) throws IOException {
    Map<String, Object> keys =
        JsonMapper.shared()
            .readValue(
                blocks("json").get(block), new TypeReference<LinkedHashMap<String, Object>>() {});
    keys.put("port", 0);
    keys.put("patience", 60);
    return keys;
  }

  /// Saves the graph once, and gives each place its copy and its data.
  @BeforeEach
  void deal() throws Exception {
    python = PythonEnvironment.of("examples/python/keras/requirements.txt");
    Path script = federation.folder().resolve("save.py");
    Files.writeString(
        script,
        "import os\nos.chdir(r'%s')\n".formatted(federation.folder()) + blocks("python").get(0));
    python.run(script.toString());
    Path parts = federation.folder().resolve("parts");
    run(
        List.of(
            "data",
            "split",
            Cifer.HOME.resolve("examples/data/breast_cancer_wdbc.csv").toString(),
            "--by",
            "iid",
            "--clients",
            "4",
            "--out",
            parts.toString()));
    for (int i = 0; i < PLACES.size(); i++) {
      Path folder = federation.of(PLACES.get(i));
      Files.copy(parts.resolve("client-%d.csv".formatted(i + 1)), folder.resolve("data.csv"));
      copy(federation.folder().resolve("tumours"), folder.resolve("tumours"));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  @Test
  void theCommandsOfThePageRun() throws Exception {
    Path folder = federation.of("coordinator");
    List<String> lines = blocks("sh").getFirst().lines().toList();
    List<Cifer> commands = new ArrayList<>();
    for (String line : lines) {
      List<String> words = new ArrayList<>();
      for (String word : line.split(" ", -1)) {
        boolean file = word.contains(".") || List.of("tumours", "copy").contains(word);
        words.add(file ? folder.resolve(word).toString() : word);
      }
      commands.add(run(words.subList(1, words.size())));
    }
    assertThat(commands.getFirst().out())
        .contains("signature train(learning_rate: float32 [], x: float32 [-1, 30], y: int64 [-1])")
        .contains("hidden");
    assertThat(commands.getLast().out()).startsWith("equal");
    assertThat(folder.resolve("copy/variables/variables.index")).exists();
  }

  @Test
  void aSavedModelIsTrainedInTheJvm() throws Exception {
    assumeTrue(
        ServiceLoader.load(TrainerProvider.class).stream()
            .anyMatch(provider -> provider.get().name().equals("tensorflow")),
        "SKIPPED: this build is without -Ptensorflow");
    train(keys(0), keys(1));

    JsonNode metrics = federation.events("round_completed").getLast().get("metrics");
    // Always "benign" is right in 63 of 100.
    assertThat(metrics.get("accuracy").asDouble()).isGreaterThan(0.85);
    String printed =
        python.run(
            "-c",
            OPENS,
            federation.runFolder().resolve("model").toString(),
            federation.of("coordinator").resolve("data.csv").toString(),
            federation.of("coordinator").resolve("server.json").toString());
    String[] measured = printed.substring(printed.indexOf("measured")).strip().split(" ", -1);
    assertThat(Double.parseDouble(measured[1]))
        .isCloseTo(metrics.get("accuracy").asDouble(), within(1e-6));
    assertThat(Double.parseDouble(measured[2]))
        .isCloseTo(metrics.get("loss").asDouble(), within(1e-5));
  }

  @Test
  void aSavedModelIsTrainedByAProgram() throws Exception {
    for (String place : PLACES) {
      Files.writeString(federation.of(place).resolve("train.py"), blocks("python").get(1));
    }
    Map<String, Object> program =
        Map.of(
            "trainer",
            "'%s' train.py".formatted(python.python()),
            "trainer_environment",
            List.of("PATH", "PYTHONPATH=" + Cifer.HOME.resolve("python")));
    Map<String, Object> coordinator = keys(0);
    coordinator.remove("preprocessing");
    coordinator.remove("graph_path");
    coordinator.putAll(program);
    Map<String, Object> client = keys(1);
    client.remove("graph_path");
    client.putAll(program);
    train(coordinator, client);

    JsonNode metrics = federation.events("round_completed").getLast().get("metrics");
    assertThat(metrics.get("accuracy").asDouble()).isGreaterThan(0.85);
    assertThat(federation.runFolder().resolve("model/saved_model.pb"))
        .hasSameBinaryContentAs(federation.folder().resolve("tumours/saved_model.pb"));
  }

  private void train(Map<String, Object> coordinator, Map<String, Object> client) throws Exception {
    federation.encryption("secure-aggregation");
    Cifer server = federation.server(JVM, coordinator);
    client.put("port", federation.port());
    List<Cifer> clients = new ArrayList<>();
    for (String name : PLACES.subList(0, 3)) {
      clients.add(federation.start(name, JVM, federation.clientWords(name, Map.of(), client)));
    }
    assertThat(server.exitCode()).as(server::report).isZero();
    for (Cifer each : clients) {
      assertThat(each.exitCode()).as(each::report).isZero();
    }
  }

  private Cifer run(List<String> words) throws Exception {
    Cifer command = federation.start(words.get(1), JVM, words);
    assertThat(command.exitCode()).as(command::report).isZero();
    return command;
  }
}
