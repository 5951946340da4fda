package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.node.Plugins;
import ai.cifer.training.python.PythonEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every form of data with every form of model: two encrypted rounds over the real commands, and a
/// result whose outputs its own framework computes as Cifer does.
///
/// All cells take some six minutes. `-Dmatrix.cells=WORDS` runs only those [#others] whose name has
/// the words, for example `.csv` or `state.pt, program`.
class ModelMatrixSystemTest {

  private static final double MOST_APART = 1e-5;
  private static final List<String> JVM = List.of("-Xmx192m", "-XX:TieredStopAtLevel=1");
  private static final List<String> DATA = List.of(".npz", ".csv", ".tfrecord", "");
  private static final String TORCH = "examples/python/transformers/requirements.txt";

  @TempDir static Path folder;
  private static PythonSide keras;
  private static PythonSide torch;
  private static Path python;

  @RegisterExtension final Federation federation = new Federation();

  /// @param data how its files end; nothing for folders of images
  /// @param model the initial model
  /// @param program whether the clients train by `train.py` instead of in the JVM
  record Cell(String data, String model, boolean program) {
    boolean isKeras() {
      return model.equals("model.h5") || model.equals("model.keras");
    }

    /// How the file ends that the coordinator evaluates: pixels in a table must be scaled, which
    /// the steps of a federation do only where all train in the JVM.
    String tested() {
      return program && data.equals(".csv") ? ".npz" : data;
    }

    /// The trained model in the form in which it came.
    String result() {
      return model.equals("folder") ? "model" : "model" + model.substring(model.indexOf('.'));
    }

    @Override
    public String toString() {
      return "%s, %s, %s"
          .formatted(data.isEmpty() ? "images" : data, model, program ? "program" : "djl");
    }
  }

  /// Each form of data and of model, and each way of training, at least once.
  static Stream<Cell> some() {
    return Stream.of(
        new Cell(".npz", "model.h5", false),
        new Cell(".csv", "model.keras", false),
        new Cell(".tfrecord", "graph.pt", false),
        new Cell("", "state.pt", false),
        new Cell("", "folder", true));
  }

  static Stream<Cell> others() {
    List<Cell> cells = new ArrayList<>();
    for (String data : DATA) {
      for (String model : List.of("model.h5", "model.keras", "graph.pt", "state.pt", "folder")) {
        cells.add(new Cell(data, model, false));
        if (model.equals("state.pt") || model.equals("folder")) {
          cells.add(new Cell(data, model, true));
        }
      }
    }
    cells.removeAll(some().toList());
    String wanted = System.getProperty("matrix.cells", "");
    return cells.stream().filter(cell -> cell.toString().contains(wanted));
  }

  @BeforeAll
  static void make() throws Exception {
    PythonEnvironment pyTorch = PythonEnvironment.of(TORCH);
    python = pyTorch.python();
    for (String name : List.of("keras_side.py", "torch_side.py", "net.py", "train.py")) {
      Files.copy(
          Cifer.HOME.resolve("system-tests/src/test/resources/matrix").resolve(name),
          folder.resolve(name));
    }
    Files.copy(Cifer.HOME.resolve("python/cifer_trainer.py"), folder.resolve("cifer_trainer.py"));
    keras =
        PythonSide.start(
            PythonEnvironment.of("examples/python/keras/requirements.txt").python(),
            folder.resolve("keras_side.py"),
            Cifer.HOME.resolve("examples/data/fashion_mnist_26k.npz"),
            folder);
    torch = PythonSide.start(python, folder.resolve("torch_side.py"), folder);
  }

  @AfterAll
  static void end() throws Exception {
    for (PythonSide side : Stream.of(keras, torch).filter(each -> each != null).toList()) {
      side.close();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("some")
  @Tag("slow")
  void some(Cell cell) throws Exception {
    trainsAndComesBack(cell);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("others")
  @Tag("full")
  void others(Cell cell) throws Exception {
    trainsAndComesBack(cell);
  }

  private void trainsAndComesBack(Cell cell) throws Exception {
    Path initial = folder.resolve(cell.model());
    train(cell, initial);

    Path run = federation.runFolder();
    Path result = run.resolve(cell.result());
    assertThat(federation.plannedAndActual())
        .containsEntry(1, "3 planned, 3 actual")
        .containsEntry(2, "3 planned, 3 actual");
    try (Tensors before = Plugins.format(initial).read(initial).tensors();
        Tensors after = Plugins.format(result).read(result).tensors()) {
      assertThat(after.layout()).isEqualTo(before.layout());
      assertThat(after.digest()).isNotEqualTo(before.digest());
    }
    Path outputs = federation.folder().resolve("outputs.npy");
    double accuracy = evaluated(cell, result, outputs);
    assertThat(accuracy)
        .isEqualTo(
            federation
                .events("round_completed")
                .getLast()
                .get("metrics")
                .get("accuracy")
                .asDouble());
    // PyTorch's side tells a graph by its name.
    Path named =
        cell.model().equals("graph.pt") ? Files.copy(result, run.resolve("graph.pt")) : result;
    String apart =
        (cell.isKeras() ? keras : torch)
            .ask(
                Map.of(
                    "model", named.toString(),
                    "outputs", outputs.toString(),
                    "exported", run.resolve("model.safetensors").toString()));
    assertThat(Double.parseDouble(apart)).isCloseTo(0, within(MOST_APART));
  }

  private void train(Cell cell, Path initial) throws Exception {
    federation.encryption("secure-aggregation");
    Map<String, Object> everybody = new HashMap<>(Map.of("trainer", "djl", "patience", 60));
    if (!cell.isKeras()) {
      everybody.put("graph_path", folder.resolve("graph.pt").toString());
    }
    Map<String, Object> coordinator = new HashMap<>(everybody);
    coordinator.putAll(
        Map.of(
            "n_round_clients",
            3,
            "rounds",
            2,
            "learning_rate",
            0.1,
            "batch_size",
            16,
            "model_path",
            initial.toString(),
            "dataset_path",
            folder.resolve("test" + cell.tested()).toString()));
    Map<String, Object> own = new HashMap<>(everybody);
    if (cell.program()) {
      own.remove("graph_path");
      own.put("trainer", "%s '%s'".formatted(python, folder.resolve("train.py")));
    } else if (cell.data().equals(".csv")) {
      coordinator.put("preprocessing", List.of(Map.of("step", "scale", "low", 0, "high", 255)));
    }
    Cifer server = federation.server(JVM, coordinator);
    for (int i = 1; i <= 3; i++) {
      String name = "client-" + i;
      own.put("dataset_path", folder.resolve(name + cell.data()).toString());
      federation.start(name, JVM, federation.clientWords(name, Map.of(), own));
    }
    assertThat(server.exitCode()).as(server::report).isZero();
  }

  /// @return the accuracy
  private double evaluated(Cell cell, Path result, Path outputs) throws Exception {
    Cifer evaluate =
        federation.start(
            "evaluate",
            JVM,
            List.of(
                "model",
                "evaluate",
                result.toString(),
                "--data",
                folder.resolve("test" + cell.tested()).toString(),
                "--config",
                federation.of("coordinator").resolve("server.json").toString(),
                "--outputs",
                outputs.toString(),
                "--format",
                "json"));
    assertThat(evaluate.exitCode()).as(evaluate::report).isZero();
    JsonNode document = new JsonMapper().readTree(evaluate.out());
    assertThat(document.get("output_shape").toString()).isEqualTo("[40,4]");
    return document.get("accuracy").asDouble();
  }
}
