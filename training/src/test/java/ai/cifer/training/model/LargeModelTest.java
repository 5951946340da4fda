package ai.cifer.training.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.training.data.Seeds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A tensor of more than 4 GiB: beyond a Java array, a `ByteBuffer`, the heap, and the fields of a
/// zip before its 64-bit form. Needs 14 GB of disk.
@Tag("full")
class LargeModelTest {

  private static final int ROWS = 33_000;
  private static final int COLUMNS = 1 << 15;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"safetensors", "npz"})
  void passesThroughTheFile(String name) throws Exception {
    ModelFormat format = name.equals("npz") ? new NpzFormat() : new SafetensorsFormat();
    var layout =
        new ModelLayout(
            List.of(
                new TensorSpec("large", List.of(ROWS, COLUMNS)),
                new TensorSpec("last", List.of(3))));
    Path file = folder.resolve("model." + name);
    try (Tensors tensors = Tensors.create(folder.resolve("values"), layout)) {
      RandomGenerator random = Seeds.generator(1);
      float[] row = new float[COLUMNS];
      for (int at = 0; at < ROWS; at += 999) {
        for (int i = 0; i < COLUMNS; i++) {
          row[i] = random.nextFloat();
        }
        tensors.write((long) at * COLUMNS, row, COLUMNS);
      }
      tensors.write(layout.parameters() - 3, new float[] {1, 2, 3}, 3);
      format.write(new GlobalModel("large", tensors), file);
      assertThat(Files.size(file)).isGreaterThan(4L << 30);
      try (Tensors read = format.read(file).tensors()) {
        assertThat(read.digest()).isEqualTo(tensors.digest());
      }
    }
  }
}
