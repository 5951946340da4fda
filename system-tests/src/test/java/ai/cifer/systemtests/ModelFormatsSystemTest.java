package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.node.Plugins;
import ai.cifer.training.model.source.LoopbackGit;
import ai.cifer.training.python.PythonEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Encrypted federations over real processes that begin and end with files of Keras and PyTorch.
class ModelFormatsSystemTest {

  private static final Path FIXTURES =
      Path.of("../training/src/test/resources/fixtures/models").toAbsolutePath().normalize();

  @RegisterExtension final Federation federation = new Federation();

  private void train(String model, Map<String, String> everybody, Map<String, ?> server)
      throws Exception {
    federation.encryption("secure-aggregation");
    Map<String, Object> own = new HashMap<>(everybody);
    own.putIfAbsent("trainer", "djl");
    Map<String, Object> coordinator = new HashMap<>(own);
    coordinator.putAll(server);
    coordinator.put("model_path", FIXTURES.resolve(model).toString());
    coordinator.put("n_round_clients", 3);
    coordinator.put("min_clients", 3);
    coordinator.put("rounds", 2);
    Cifer run = federation.server(Cifer.small(256), coordinator);
    if (own.get("trainer").equals("djl")) {
      own.put("dataset_path", FIXTURES.resolve("steps.npz").toString());
    }
    for (int i = 1; i <= 3; i++) {
      String name = "client-" + i;
      federation.start(name, Cifer.small(128), federation.clientWords(name, Map.of(), own));
    }
    assertThat(run.exitCode()).as(run::report).isZero();
  }

  private void assertTrained(String before, String result) throws Exception {
    Path original = FIXTURES.resolve(before);
    Path trained = federation.runFolder().resolve(result);
    assertThat(Files.size(trained)).isEqualTo(Files.size(original));
    GlobalModel one = Plugins.format(original).read(original);
    GlobalModel other = Plugins.format(trained).read(trained);
    Path exported = federation.runFolder().resolve("model.safetensors");
    try (Tensors from = one.tensors();
        Tensors to = other.tensors();
        Tensors same = Plugins.format(exported).read(exported).tensors()) {
      assertThat(other.architecture()).isEqualTo(one.architecture());
      assertThat(to.layout()).isEqualTo(from.layout());
      assertThat(to.digest()).isNotEqualTo(from.digest()).isEqualTo(same.digest());
    }
  }

  @Test
  void aKerasModelComesBackAsAKerasFile() throws Exception {
    train("images.h5", Map.of(), Map.of("optimiser", "adam", "learning_rate", 0.01));

    assertTrained("images.h5", "model.h5");
  }

  @Test
  void anIndexOfShardsComesBackAsAFolder() throws Exception {
    train(
        "sharded/model.safetensors.index.json",
        Map.of("trainer", GatedTrainerProvider.NAME),
        Map.of());

    Path trained = federation.runFolder().resolve("model");
    Path exported = federation.runFolder().resolve("model.safetensors");
    try (Tensors to = Plugins.format(trained).read(trained).tensors();
        Tensors same = Plugins.format(exported).read(exported).tensors()) {
      assertThat(to.layout()).isEqualTo(same.layout());
    }
    assertThat(trained.resolve("model-00002-of-00002.safetensors")).exists();
  }

  @Test
  void aStateDictIsTrainedWithEverybodysOwnGraph() throws Exception {
    Map<String, String> graph = Map.of("graph_path", FIXTURES.resolve("graph.pt").toString());
    train("state.pt", graph, Map.of("momentum", 0.9));

    assertTrained("state.pt", "model.pt");
  }

  /// The configurations of `docs/how-to-models.md`: the graph is that of its script.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  @Tag("slow")
  void theConfigurationsOfThePageTrain(int block) throws Exception {
    federation.encryption("secure-aggregation");
    Map<String, Object> keys = new HashMap<>(block(block));
    keys.put("port", 0);
    keys.put("rounds", 1);
    keys.put("trainer", "djl");
    Path data = FIXTURES.resolve("steps.npz");
    Map<String, Object> own = new HashMap<>(Map.of("trainer", "djl", "patience", 30));
    Path hub = federation.of("coordinator");
    Files.copy(FIXTURES.resolve("images.h5"), hub.resolve("model.h5"));
    String commit = "";
    try (LoopbackGit git = LoopbackGit.start(hub.resolve("served"))) {
      if (block == 0) {
        byte[] state = Files.readAllBytes(FIXTURES.resolve("state.pt"));
        commit = git.commit(List.of(LoopbackGit.Entry.file("heart/state.pt", state)));
        keys.put("github_address", git.base().toString());
        Files.copy(FIXTURES.resolve("graph.pt"), hub.resolve("graph.pt"));
      } else if (block == 2) {
        script(hub);
        data = Cifer.HOME.resolve("examples/data/fashion_mnist_26k.npz");
      }
      if (keys.containsKey("graph_path")) {
        own.put("graph_path", hub.resolve("graph.pt").toString());
      }
      Cifer run = federation.server(Cifer.small(256), keys);
      own.put("dataset_path", data.toString());
      for (int i = 1; i <= 3; i++) {
        String name = "client-" + i;
        federation.start(name, Cifer.small(256), federation.clientWords(name, Map.of(), own));
      }
      assertThat(run.exitCode()).as(run::report).isZero();
    }
    assertThat(federation.plannedAndActual()).containsEntry(1, "3 planned, 3 actual");
    if (block == 0) {
      assertThat(hub.resolve("models/github/clinic/models/" + commit + "/heart/state.pt"))
          .hasSameBinaryContentAs(FIXTURES.resolve("state.pt"));
      assertTrained("state.pt", "model.pt");
      assertThat(Files.readString(federation.runFolder().resolve("config.json")))
          .contains("github:clinic/models@main:heart/state.pt")
          .doesNotContain(federation.folder().toString());
    }
  }

  private static List<String> blocks(String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(Cifer.HOME.resolve("docs/how-to-models.md")))
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  private static Map<String, Object> block(int number) throws IOException {
    return JsonMapper.shared()
        .readValue(
            blocks("json").get(number), new TypeReference<LinkedHashMap<String, Object>>() {});
  }

  /// Makes `graph.pt` and `model.pt` as the page says.
  private static void script(Path folder) throws Exception {
    Path file = folder.resolve("make.py");
    Files.writeString(
        file, "import os\nos.chdir(r'%s')\n".formatted(folder) + blocks("python").getFirst());
    PythonEnvironment torch = PythonEnvironment.of("examples/python/transformers/requirements.txt");
    torch.run(file.toString());
  }
}
