package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.node.Plugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

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
}
