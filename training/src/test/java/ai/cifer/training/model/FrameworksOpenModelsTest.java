package ai.cifer.training.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.training.data.Fixtures;
import ai.cifer.training.model.keras.KerasFormat;
import ai.cifer.training.model.tensorflow.SavedModelFormat;
import ai.cifer.training.model.torch.TorchFormat;
import ai.cifer.training.python.PythonEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The frameworks themselves open what was written back, and find in it the values that were
/// written.
@Tag("slow")
class FrameworksOpenModelsTest {

  private static final String KERAS = "examples/python/keras/requirements.txt";
  private static final String TORCH = "examples/python/transformers/requirements.txt";

  private static final String KERAS_OPENS =
      """
      import sys, keras, numpy as np
      model, npz = keras.models.load_model(sys.argv[1], compile=False), dict(np.load(sys.argv[2]))
      found = {}
      for layer in model.layers:
          for weight in layer.weights:
              found[layer.name + "/" + weight.path.split("/")[-1]] = weight.numpy()
      npz.pop("__architecture__")
      assert found.keys() == npz.keys(), (found.keys(), npz.keys())
      assert all((found[name] == npz[name]).all() for name in npz)
      print("equal", model(np.zeros((2, *model.input_shape[1:]), "f4")).shape[0])
      """;

  private static final String TENSORFLOW_OPENS =
      """
      import sys, tensorflow as tf, numpy as np
      npz = dict(np.load(sys.argv[2]))
      npz.pop("__architecture__")
      model = tf.saved_model.load(sys.argv[1])
      for name, value in npz.items():
          found = model
          for part in name.split("/"):
              found = found[int(part) if part.isdigit() else part] if hasattr(found, "__getitem__") else getattr(found, part)
          assert (tf.cast(found, tf.float32).numpy() == value).all(), name
      signatures = model.signatures
      x, y = tf.ones([4, 30]), tf.constant([0, 1, 0, 1], tf.int64)
      before = signatures["evaluate"](x=x, y=y)["loss"]
      signatures["train"](x=x, y=y, learning_rate=tf.constant(0.01))
      assert signatures["evaluate"](x=x, y=y)["loss"] != before
      assert model.steps.numpy() == 2
      print("equal", len(npz))
      """;

  private static final String TORCH_OPENS =
      """
      import sys, torch, numpy as np
      npz = dict(np.load(sys.argv[2]))
      npz.pop("__architecture__")
      if sys.argv[1].endswith("graph.pt"):
          model = torch.jit.load(sys.argv[1]).eval()
          found = model.state_dict()
          assert model(torch.zeros(2, 8, 8)).shape == (2, 4)
      elif sys.argv[1].endswith(".pt"):
          found = torch.load(sys.argv[1], weights_only=True)
      else:
          import glob, safetensors.torch
          found = {}
          for file in glob.glob(sys.argv[1] + "/*.safetensors"):
              found |= safetensors.torch.load_file(file)
      for name, value in npz.items():
          target = found
          for part in [name] if name in found else name.split("."):
              target = target[int(part) if isinstance(target, list) else part]
          expected = torch.from_numpy(value).to(target.dtype)
          assert torch.equal(target.detach(), expected), name
      print("equal", len(npz))
      """;

  @TempDir Path folder;

  /// Moves every value and writes it back.
  private String rewritten(ModelFormat format, String name, Path npz) throws Exception {
    return rewritten(format, Fixtures.file("models/" + name), npz);
  }

  private String rewritten(ModelFormat format, Path original, Path npz) throws Exception {
    Path out = folder.resolve(original.getFileName());
    GlobalModel model = format.read(original);
    try (Tensors before = model.tensors();
        Tensors values = Tensors.allocate(before.layout())) {
      for (long i = 0; i < values.layout().parameters(); i++) {
        values.write(i, new float[] {before.get(i) * 0.5f + 0.25f}, 1);
      }
      GlobalModel moved = new GlobalModel(model.architecture(), values);
      format.rewrite(moved, original, out);
      new NpzFormat().write(moved, npz);
    }
    return out.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "images.keras",
    "images.h5",
    "words.keras",
    "words.h5",
    "pools.keras",
    "signals.keras"
  })
  void kerasOpensItsFiles(String name) throws Exception {
    Path npz = folder.resolve("expected.npz");
    String file = rewritten(new KerasFormat(), name, npz);
    assertThat(PythonEnvironment.of(KERAS).run("-c", KERAS_OPENS, file, npz.toString()))
        .contains("equal 2");
  }

  @ParameterizedTest
  @CsvSource({"state.pt", "layouts.pt", "graph.pt"})
  void pyTorchOpensItsFiles(String name) throws Exception {
    Path npz = folder.resolve("expected.npz");
    String file = rewritten(new TorchFormat(), name, npz);
    assertThat(PythonEnvironment.of(TORCH).run("-c", TORCH_OPENS, file, npz.toString()))
        .contains("equal");
  }

  @Test
  void safetensorsOpensShards() throws Exception {
    Path npz = folder.resolve("expected.npz");
    String file = rewritten(new SafetensorsFormat(), "sharded", npz);
    assertThat(PythonEnvironment.of(TORCH).run("-c", TORCH_OPENS, file, npz.toString()))
        .contains("equal 3");
  }

  @Test
  void tensorFlowOpensItsFolders() throws Exception {
    Path npz = folder.resolve("expected.npz");
    String file = rewritten(new SavedModelFormat(), Fixtures.file("tensorflow/tumours"), npz);
    assertThat(PythonEnvironment.of(KERAS).run("-c", TENSORFLOW_OPENS, file, npz.toString()))
        .contains("equal 9");
  }

  @Test
  void theScriptOfTheHowToMakesAGraphAndItsStateDict() throws Exception {
    String page = Files.readString(PythonEnvironment.project().resolve("docs/how-to-models.md"));
    int from = page.indexOf("```python") + "```python".length();
    String script = page.substring(from, page.indexOf("```", from));
    // TorchScript reads its source, so it must lie in a file.
    Path file = folder.resolve("make.py");
    Files.writeString(file, "import os\nos.chdir(r'%s')\n".formatted(folder) + script);
    PythonEnvironment.of(TORCH).run(file.toString());
    TorchFormat format = new TorchFormat();
    GlobalModel graph = format.read(folder.resolve("graph.pt"));
    GlobalModel model = format.read(folder.resolve("model.pt"));
    try (Tensors one = graph.tensors();
        Tensors other = model.tensors()) {
      assertThat(graph.architecture()).startsWith("torchscript:");
      assertThat(one.layout().parameters()).isEqualTo(784 * 32 + 32 + 320 + 10);
      assertThat(one.digest()).isEqualTo(other.digest());
    }
  }

  @Test
  void pyTorchOpensAStateDictMadeHere() throws Exception {
    Path npz = folder.resolve("expected.npz");
    Path file = folder.resolve("made.pt");
    GlobalModel model = new Architectures().initialise("cnn", 3);
    try (Tensors tensors = model.tensors()) {
      assertThat(tensors.layout().tensors()).extracting(TensorSpec::name).contains("fc2.bias");
      new TorchFormat().write(model, file);
      new NpzFormat().write(model, npz);
    }
    assertThat(PythonEnvironment.of(TORCH).run("-c", TORCH_OPENS, file.toString(), npz.toString()))
        .contains("equal 8");
  }
}
