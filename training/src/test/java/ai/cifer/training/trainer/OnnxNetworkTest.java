package ai.cifer.training.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.Fixtures;
import ai.cifer.training.data.NpyArray;
import ai.cifer.training.data.NpzFile;
import ai.cifer.training.model.onnx.OnnxFormat;
import ai.cifer.training.model.torch.TorchFormat;
import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What ONNX's own reference computes is in the fixtures, see `make_onnx.py`.
class OnnxNetworkTest {

  private final OnnxFormat format = new OnnxFormat();

  private static float[] array(String name) throws Exception {
    try (NpzFile npz = NpzFile.open(Fixtures.file("models/onnx_expected.npz"));
        Arena arena = Arena.ofConfined()) {
      NpyArray array = npz.read(name, arena);
      float[] out = new float[(int) array.header().size()];
      for (int i = 0; i < out.length; i++) {
        out[i] = array.real(i);
      }
      return out;
    }
  }

  @ParameterizedTest
  @CsvSource({"graph, '8,8'", "words, 6"})
  void computesWhatTheReferenceComputes(String name, String example) throws Exception {
    Path file = Fixtures.file("models/" + name + ".onnx");
    GlobalModel model = format.read(file);
    List<Integer> shape =
        java.util.Arrays.stream(example.split(",", -1)).map(Integer::valueOf).toList();
    try (Tensors _ = model.tensors();
        NDManager manager = PyTorchEngine.start().newBaseManager(Device.cpu());
        Network network = Networks.open(model, Optional.of(file), shape, manager, false)) {
      float[] y = array(name + "_y");
      float[] found = network.outputs(manager, array(name + "_x"), 5).toFloatArray();
      assertThat(found).hasSize(y.length);
      for (int i = 0; i < y.length; i++) {
        assertThat(found[i]).isCloseTo(y[i], within(1e-5f));
      }
      if (name.equals("words")) {
        float[] scores = network.scores(manager, array("words_x"), 5, null).toFloatArray();
        assertThat(Math.exp(scores[0])).isCloseTo(y[0], within(1e-5));
      }
    }
  }

  /// The same network as TorchScript and as ONNX.
  @Test
  void itsLossIsThatOfPyTorch() throws Exception {
    Path onnx = Fixtures.file("models/graph.onnx");
    Path torch = Fixtures.file("models/graph.pt");
    GlobalModel one = format.read(onnx);
    GlobalModel other = new TorchFormat().read(torch);
    try (Tensors _ = one.tensors();
        Tensors _ = other.tensors();
        Trainer with = trainer(onnx);
        Trainer without = trainer(torch)) {
      Metrics found = with.evaluate(one, TrainOptions.DEFAULT, Progress.NONE);
      Metrics expected = without.evaluate(other, TrainOptions.DEFAULT, Progress.NONE);
      assertThat(found.loss()).isCloseTo(expected.loss(), within(1e-5));
      assertThat(found.accuracy()).isEqualTo(expected.accuracy());
    }
  }

  @Test
  void itDoesNotLearn_andAnotherGraphIsRefused() throws Exception {
    Path onnx = Fixtures.file("models/graph.onnx");
    GlobalModel model = format.read(onnx);
    try (Tensors _ = model.tensors();
        Trainer own = trainer(onnx);
        Trainer other = trainer(Fixtures.file("models/words.onnx"))) {
      assertThatThrownBy(() -> own.train(model, new TrainConfig(0.1, 4, 1, 1), Progress.NONE))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("a graph of ONNX is only evaluated in the JVM");
      assertThatThrownBy(() -> other.evaluate(model, TrainOptions.DEFAULT, Progress.NONE))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("(expected: the graph of this run, ");
    }
  }

  private static Trainer trainer(Path graph) throws TrainingException {
    return new DjlTrainerProvider()
        .open(Optional.of(Fixtures.file("models/steps.npz")), Split.TRAIN, Optional.of(graph));
  }
}
