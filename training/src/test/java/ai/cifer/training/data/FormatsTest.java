package ai.cifer.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that numpy 2.4.6 and TensorFlow 2.21.0 wrote, see `fixtures/make_data_fixtures.py`.
class FormatsTest {

  private static float[] value(Table table, long row, String column) throws TrainingException {
    List<String> names = table.columns().stream().map(Column::name).toList();
    int index = names.indexOf(column);
    float[] out = new float[table.columns().get(index).width()];
    table.rows().read(row, index, out, 0);
    return out;
  }

  private static float[] picture(int i) {
    float[] pixels = new float[16];
    for (int p = 0; p < 16; p++) {
      pixels[p] = (16 * p + i) % 256;
    }
    return pixels;
  }

  @ParameterizedTest
  @ValueSource(strings = {"data/examples.tfrecord", "data/examples.tfrecord.gz"})
  void tensorFlowsRecords(String file) throws Exception {
    try (Table table = Table.open(Fixtures.file(file), Split.TRAIN)) {
      assertThat(table.size()).isEqualTo(20);
      assertThat(table.columns().stream().map(Column::name))
          .containsExactly("image", "label", "name", "raw", "weights");
      assertThat(table.columns().get(0).shape()).containsExactly(1, 4, 4);
      assertThat(table.columns().get(2).categories()).containsExactly("p0", "p1");
      assertThat(table.columns().get(4).missing()).isEqualTo(1);
      assertThat(table.rows().label()).isEqualTo(1);
      for (int i = 0; i < 20; i++) {
        assertThat(value(table, i, "image")).containsExactly(picture(i));
        assertThat(value(table, i, "label")).containsExactly(i % 3);
        assertThat(value(table, i, "name")).containsExactly(i % 2);
        assertThat(value(table, i, "raw")).containsExactly(0, 255, i);
        float[] weights =
            i == 5 ? new float[] {Float.NaN, Float.NaN, Float.NaN} : new float[] {i, i / 2f, -i};
        assertThat(value(table, i, "weights")).isEqualTo(weights);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Split.class)
  void pairsOfIdxFiles(Split split) throws Exception {
    try (Examples examples = Examples.open(Fixtures.file("data/idx"), split)) {
      assertThat(examples.exampleShape()).containsExactly(4, 4);
      assertThat(examples.labels()).containsExactly(0, 1, 2, 0, 1, 2);
    }
    try (Table table = Table.open(Fixtures.file("data/idx"), split)) {
      assertThat(value(table, 3, "x")).containsExactly(picture(3));
    }
  }

  @Test
  void aFolderOfImages_isOneOfClassesByName() throws Exception {
    try (Table table = Table.open(Fixtures.file("data/images"), Split.TRAIN)) {
      assertThat(table.columns().get(1).categories()).containsExactly("cat", "dog");
      assertThat(table.size()).isEqualTo(5);
      assertThat(table.classes(java.util.Optional.empty())).containsExactly(0, 0, 1, 1, 1);
      assertThat(value(table, 0, "x")).containsExactly(picture(1));
      float[] jpeg = value(table, 4, "x");
      for (int p = 0; p < 16; p++) {
        assertThat(jpeg[p])
            .as("JPEG loses a little")
            .isBetween(picture(0)[p] - 4, picture(0)[p] + 4);
      }
    }
  }

  @Test
  void anArrayOfTwoDimensions_isATable() throws Exception {
    try (Table table = Table.open(Fixtures.file("data/version3.npy"), Split.TRAIN)) {
      assertThat(table.columns().stream().map(Column::name)).containsExactly("0", "1", "2");
      assertThat(value(table, 2, "1")).containsExactly(7);
      assertThat(table.rows().label()).isEqualTo(2);
    }
  }

  @Test
  void complexNumbers_areRefusedByName() throws Exception {
    Path file = Fixtures.file("data/complex.npy");
    assertThatThrownBy(() -> Table.open(file, Split.TRAIN).close())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("dtype: <c8, complex numbers (expected: bool, int8");
  }

  @Test
  void checksumsOfRecords_areThoseOfTheSpecification() {
    // RFC 3720, B.4: the CRC-32C of 32 zeros is 0x8a9136aa.
    int crc = 0x8a9136aa;
    assertThat(MaskedCrc.of(ByteBuffer.allocate(32)))
        .isEqualTo(((crc >>> 15) | (crc << 17)) + 0xa282ead8);
  }
}
