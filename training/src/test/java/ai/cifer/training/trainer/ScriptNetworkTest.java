package ai.cifer.training.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.TrainOptions.Loss;
import ai.cifer.fedlearn.train.TrainOptions.Optimiser;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.training.data.Fixtures;
import ai.cifer.training.data.NpyArray;
import ai.cifer.training.data.NpzFile;
import ai.cifer.training.model.torch.TorchFormat;
import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What PyTorch computed with the graph of `make_models.py` is in the fixtures.
class ScriptNetworkTest {

  private static final Path GRAPH = Fixtures.file("models/graph.pt");
  private static final TrainOptions PLAIN = TrainOptions.DEFAULT;

  private final TorchFormat format = new TorchFormat();

  @Test
  void computesWhatPyTorchComputes() throws Exception {
    GlobalModel model = format.read(GRAPH);
    try (Tensors _ = model.tensors();
        NDManager manager = PyTorchEngine.start().newBaseManager(Device.cpu());
        Network network = Networks.open(model, Optional.of(GRAPH), List.of(8, 8), manager, false)) {
      float[] x = array("torch_expected.npz", "x");
      float[] y = array("torch_expected.npz", "y");
      float[] found = network.scores(manager, x, 5, null).toFloatArray();
      assertThat(found).hasSize(y.length);
      for (int i = 0; i < y.length; i++) {
        assertThat(found[i]).isCloseTo(y[i], within(1e-5f));
      }
      assertThat(network.buffers())
          .containsExactlyInAnyOrder("norm.running_mean", "norm.running_var");
    }
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        Arguments.of(
            "sgd",
            0.1,
            PLAIN.toBuilder().optimiser(Optimiser.SGD).momentum(0.9).weightDecay(0.01).build()),
        Arguments.of(
            "adam",
            0.01,
            PLAIN.toBuilder().optimiser(Optimiser.ADAM).momentum(0).weightDecay(0.1).build()),
        Arguments.of(
            "adamw",
            0.01,
            PLAIN.toBuilder().optimiser(Optimiser.ADAMW).momentum(0).weightDecay(0.1).build()),
        Arguments.of("clip", 0.1, PLAIN.toBuilder().gradientClip(0.3).build()),
        Arguments.of(
            "weights",
            0.1,
            PLAIN.toBuilder()
                .loss(Loss.CROSS_ENTROPY)
                .classWeights(List.of(1.0, 2.0, 0.5, 3.0))
                .build()),
        Arguments.of("proximal", 0.1, PLAIN.toBuilder().proximal(2).build()));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void stepsLeadWherePyTorchIsLed(String rule, double rate, TrainOptions options) throws Exception {
    GlobalModel model = format.read(GRAPH);
    TrainConfig config = new TrainConfig(rate, 12, 4, 1).withOptions(options);
    try (Tensors start = model.tensors();
        Trainer trainer = open(Optional.of(GRAPH));
        ClientUpdate update = trainer.train(model, config, Progress.NONE)) {
      List<TensorSpec> specs = start.layout().tensors();
      for (int i = 0; i < specs.size(); i++) {
        if (List.of("conv.bias", "norm.running_mean").contains(specs.get(i).name())
            && options.optimiser() != Optimiser.SGD) {
          // Normalisation takes a bias before it away: its gradient is rounding, which Adam
          // enlarges to a whole step, and the mean follows.
          continue;
        }
        float[] expected = array("steps_expected.npz", rule + "/" + specs.get(i).name());
        float[] before = start.values(i);
        float[] change = update.delta().values(i);
        for (int j = 0; j < before.length; j++) {
          assertThat(before[j] + change[j])
              .as(specs.get(i).name())
              .isCloseTo(expected[j], within(2e-5f));
        }
      }
    }
  }

  @Test
  void aCorrectionIsAddedToEachGradient() throws Exception {
    GlobalModel model = format.read(GRAPH);
    TrainConfig config = new TrainConfig(0.1, 12, 1, 1);
    try (Tensors start = model.tensors();
        Tensors correction = Tensors.allocate(start.layout());
        Trainer trainer = open(Optional.of(GRAPH))) {
      int bias = Network.index(start.layout(), "out.bias");
      correction.write(start.layout().offset(bias), new float[] {1, 0, 0, -2}, 4);
      try (ClientUpdate plain = trainer.train(model, config, Progress.NONE);
          ClientUpdate corrected =
              trainer.trainCorrected(model, config, correction, Progress.NONE)) {
        float[] apart = corrected.delta().values(bias);
        float[] from = plain.delta().values(bias);
        for (int i = 0; i < 4; i++) {
          assertThat(apart[i] - from[i])
              .isCloseTo(new float[] {-0.1f, 0, 0, 0.2f}[i], within(1e-6f));
        }
      }
    }
  }

  @Test
  void anotherGraphOrNoneIsRefused() throws Exception {
    GlobalModel model = format.read(GRAPH);
    GlobalModel other = new GlobalModel("torchscript:" + "0".repeat(64), model.tensors());
    try (Tensors _ = model.tensors();
        Trainer with = open(Optional.of(GRAPH));
        Trainer without = open(Optional.empty())) {
      assertThatThrownBy(() -> with.evaluate(other, TrainOptions.DEFAULT, Progress.NONE))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("(expected: the graph of this run, " + "0".repeat(64));
      assertThatThrownBy(() -> without.evaluate(model, TrainOptions.DEFAULT, Progress.NONE))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("graph_path: missing");
    }
  }

  private static Trainer open(Optional<Path> graph) throws TrainingException {
    return new DjlTrainerProvider()
        .open(Optional.of(Fixtures.file("models/steps.npz")), Split.TRAIN, graph);
  }

  private static float[] array(String file, String name) throws Exception {
    try (NpzFile npz = NpzFile.open(Fixtures.file("models/" + file));
        Arena arena = Arena.ofConfined()) {
      NpyArray array = npz.read(name, arena);
      float[] out = new float[(int) array.header().size()];
      for (int i = 0; i < out.length; i++) {
        out[i] = array.real(i);
      }
      return out;
    }
  }
}
