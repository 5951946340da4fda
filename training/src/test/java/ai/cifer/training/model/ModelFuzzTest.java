package ai.cifer.training.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.Fixtures;
import ai.cifer.training.data.Seeds;
import ai.cifer.training.model.keras.KerasFormat;
import ai.cifer.training.model.onnx.OnnxFormat;
import ai.cifer.training.model.torch.TorchFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Damaged files are read as they stand or refused: never another exception, never a long wait.
class ModelFuzzTest {

  private static final int TRIALS = 60;

  @TempDir Path folder;

  private static ModelFormat format(String name) {
    if (name.endsWith(".pt")) {
      return new TorchFormat();
    }
    if (name.endsWith(".onnx")) {
      return new OnnxFormat();
    }
    return name.endsWith(".npz")
        ? new NpzFormat()
        : name.endsWith(".safetensors") ? new SafetensorsFormat() : new KerasFormat();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "models/state.pt",
        "models/layouts.pt",
        "models/graph.pt",
        "models/images.h5",
        "models/legacy.h5",
        "models/words.keras",
        "models/words.onnx",
        "models/images.weights.h5",
        "models/sharded/model-00001-of-00002.safetensors",
        "model.npz"
      })
  void damagedFilesAreReadOrRefused(String name) throws Exception {
    byte[] whole = Files.readAllBytes(Fixtures.file(name));
    RandomGenerator random = Seeds.generator(name.hashCode());
    Path file = folder.resolve("x" + name.substring(name.lastIndexOf('.')));
    int refused = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      byte[] damaged = whole.clone();
      int changes = 1 + random.nextInt(8);
      for (int i = 0; i < changes; i++) {
        // Headers and directories lie at the ends.
        int bound = random.nextBoolean() ? Math.min(1024, damaged.length) : damaged.length;
        int at =
            random.nextBoolean()
                ? random.nextInt(bound)
                : damaged.length - 1 - random.nextInt(bound);
        damaged[at] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      long start = System.nanoTime();
      try {
        format(name).read(file).tensors().close();
      } catch (TrainingException expected) {
        assertThat(expected).hasMessageContaining(file.toString());
        refused++;
      }
      assertThat(System.nanoTime() - start).as("trial %d", trial).isLessThan(5_000_000_000L);
    }
    assertThat(refused).isPositive();
  }
}
