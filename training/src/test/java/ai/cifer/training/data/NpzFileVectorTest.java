package ai.cifer.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files written by numpy 2.4.6, see `fixtures/make_fixtures.py`.
class NpzFileVectorTest {

  private static final List<String> INTEGERS =
      List.of("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64");

  @ParameterizedTest
  @ValueSource(strings = {"types.npz", "types_deflated.npz"})
  void readsEveryTypeThatNumpyWrites(String file) throws Exception {
    try (NpzFile npz = NpzFile.open(Fixtures.file(file));
        Arena arena = Arena.ofConfined()) {
      for (String name : INTEGERS) {
        NpyArray array = npz.read(name, arena);
        assertThat(array.header().toString()).isEqualTo(name + "[2, 3]");
        assertThat(IntStream.range(0, 6).mapToLong(array::integer).toArray())
            .as(name)
            .containsExactly(0, 1, 2, 3, 4, 5);
      }
      for (String name : List.of("float16", "float32", "float64", "big_endian")) {
        NpyArray array = npz.read(name, arena);
        assertThat(IntStream.range(0, 6).mapToDouble(array::real).toArray())
            .as(name)
            .containsExactly(0, 1, 2, 3, 4, 5);
      }
      NpyArray bool = npz.read("bool", arena);
      assertThat(IntStream.range(0, 6).mapToLong(bool::integer).toArray())
          .containsExactly(0, 1, 1, 1, 1, 1);
      NpyArray negative = npz.read("negative", arena);
      assertThat(IntStream.range(0, 3).mapToLong(negative::integer).toArray())
          .containsExactly(-1, -128, 127);
      NpyArray extremes = npz.read("extremes", arena);
      assertThat(extremes.integer(0)).isEqualTo(Long.MIN_VALUE);
      assertThat(extremes.integer(1)).isEqualTo(Long.MAX_VALUE);
      assertThat(npz.read("scalar", arena).header().shape()).isEmpty();
      assertThat(npz.read("scalar", arena).real(0)).isEqualTo(0.1f);
      assertThat(npz.read("text", arena).text(0)).isEqualTo("cnn");
    }
  }

  @Test
  void readsTheHeaderOfVersion2() throws IOException {
    try (InputStream in = Files.newInputStream(Fixtures.file("version2.npy"))) {
      NpyHeader header = NpyHeader.read(in);
      assertThat(header).isEqualTo(NpyHeader.of(NpyType.FLOAT32, List.of(3L)));
      assertThat(in.readAllBytes()).hasSize(12);
    }
  }

  @Test
  void aModelInFortranOrderIsRefusedWithTheCure() throws TrainingException {
    try (NpzFile npz = NpzFile.open(Fixtures.file("fortran.npz"));
        Arena arena = Arena.ofConfined()) {
      long bytes = npz.header("x_train").dataBytes();
      assertThatThrownBy(() -> npz.readInto("x_train", arena.allocate(bytes)))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("array x_train: order of the array: Fortran")
          .hasMessageContaining("ascontiguousarray");
    }
  }

  /// Names say type, byte order and order of dimensions; item i is i % 7, of booleans i % 2.
  @ParameterizedTest
  @ValueSource(strings = {"data/dtypes.npz", "data/dtypes_deflated.npz"})
  void everyTypeInBothByteOrdersAndBothOrdersOfDimensions(String file) throws Exception {
    try (NpzFile npz = NpzFile.open(Fixtures.file(file));
        Arena arena = Arena.ofShared()) {
      assertThat(npz.names()).hasSize(48);
      for (String name : npz.names()) {
        NpyArray array = npz.read(name, arena);
        float[] values = new float[24];
        array.reals(0, 24, values, 0);
        for (int i = 0; i < 24; i++) {
          assertThat(values[i])
              .as("%s[%d]", name, i)
              .isEqualTo(i % (name.startsWith("b1") ? 2 : 7));
        }
      }
    }
  }
}
