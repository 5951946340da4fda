package ai.cifer.training.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.training.data.Fixtures;
import ai.cifer.training.data.NpyArray;
import ai.cifer.training.data.NpzFile;
import ai.cifer.training.model.keras.KerasFormat;
import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.lang.foreign.Arena;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What Keras computed with the networks of `make_models.py` is in the fixtures.
class KerasGraphTest {

  private final KerasFormat format = new KerasFormat();

  @ParameterizedTest
  @CsvSource({
    "images.keras, keras_expected.npz, images_",
    "images.h5, keras_expected.npz, images_",
    "pools.keras, keras_expected.npz, pools_",
    "signals.keras, keras_expected.npz, signals_",
    "words.keras, keras_expected.npz, words_",
    "words.h5, keras_expected.npz, words_",
    "legacy.h5, legacy_expected.npz, ''"
  })
  void computesWhatKerasComputes(String file, String expected, String prefix) throws Exception {
    GlobalModel model = format.read(Fixtures.file("models/" + file));
    try (Tensors _ = model.tensors();
        NDManager manager = PyTorchEngine.start().newBaseManager(Device.cpu());
        KerasGraph graph = KerasGraph.of(model, manager, false)) {
      float[] x = array(expected, prefix + "x");
      float[] y = array(expected, prefix + "y");
      float[] found = graph.outputs(manager, x, 4).toFloatArray();
      assertThat(found).hasSize(y.length);
      for (int i = 0; i < y.length; i++) {
        assertThat(found[i]).as("%d", i).isCloseTo(y[i], within(1e-5f));
      }
    }
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

  @Test
  void stepsLeadWhereKerasIsLed() throws Exception {
    GlobalModel model = format.read(Fixtures.file("models/steps.keras"));
    TrainConfig config = new TrainConfig(0.1, 12, 3, 1);
    try (Tensors start = model.tensors();
        Tensors expected = format.read(Fixtures.file("models/steps_after.keras")).tensors();
        Trainer trainer = open();
        ClientUpdate update = trainer.train(model, config, Progress.NONE)) {
      for (long i = 0; i < start.layout().parameters(); i++) {
        String name = start.layout().tensors().get(start.layout().indexAt(i)).name();
        assertThat(start.get(i) + update.delta().get(i))
            .as(name)
            .isCloseTo(expected.get(i), within(2e-5f));
      }
    }
  }

  @Test
  void itsBuffersAreKnown() throws Exception {
    GlobalModel model = format.read(Fixtures.file("models/steps.keras"));
    try (Tensors _ = model.tensors();
        Trainer trainer = open()) {
      assertThat(trainer.buffers(model))
          .contains("batch_normalization_1/moving_mean", "batch_normalization_1/moving_variance")
          .noneMatch(name -> name.endsWith("kernel"));
    }
  }

  private static Trainer open() throws Exception {
    return new DjlTrainerProvider()
        .open(Optional.of(Fixtures.file("models/steps.npz")), Split.TRAIN);
  }
}
