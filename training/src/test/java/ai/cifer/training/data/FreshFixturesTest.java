package ai.cifer.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.training.python.PythonEnvironment;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that the installed numpy and TensorFlow write now: the fixtures are what they say.
@Tag("slow")
class FreshFixturesTest {

  /// Every type, byte order, order of dimensions and version of the header: `v2_f4_big_F.npy`.
  private static final String VERSIONS =
      """
      import sys
      import numpy as np
      for version in 1, 2, 3:
          for dtype in "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8".split():
              for order, mark in ("little", "<"), ("big", ">"):
                  values = (np.arange(24) % (2 if dtype == "?" else 7)).astype(mark + dtype).reshape(4, 6)
                  for dims, array in ("C", values), ("F", np.asfortranarray(values)):
                      name = "v%d_%s_%s_%s.npy" % (version, dtype.replace("?", "b1"), order, dims)
                      with open(sys.argv[1] + "/" + name, "wb") as out:
                          np.lib.format.write_array(out, array, version=(version, 0))
                      print(name)
      """;

  @TempDir Path folder;

  private static PythonEnvironment python() throws Exception {
    return PythonEnvironment.of("examples/python/keras/requirements.txt");
  }

  @Test
  void whatNumpyAndTensorFlowWriteNow_readsAsTheFixtures() throws Exception {
    python().run(Fixtures.file("make_data_fixtures.py").toString(), folder.toString());
    for (String name :
        List.of("examples.tfrecord", "examples.tfrecord.gz", "idx", "images", "version3.npy")) {
      try (Table fresh = Table.open(folder.resolve(name), Split.TRAIN);
          Table fixture = Table.open(Fixtures.file("data/" + name), Split.TRAIN)) {
        assertThat(fresh.columns()).as(name).isEqualTo(fixture.columns());
        assertThat(fresh.size()).as(name).isEqualTo(fixture.size());
        for (long row = 0; row < fresh.size(); row++) {
          for (int column = 0; column < fresh.columns().size(); column++) {
            assertThat(values(fresh, row, column))
                .as("%s row %d column %d", name, row, column)
                .isEqualTo(values(fixture, row, column));
          }
        }
      }
    }
    for (String name : List.of("dtypes.npz", "dtypes_deflated.npz")) {
      try (NpzFile npz = NpzFile.open(folder.resolve(name));
          Arena arena = Arena.ofShared()) {
        assertThat(npz.names()).hasSize(48);
        for (String array : npz.names()) {
          float[] values = new float[24];
          npz.read(array, arena).reals(0, 24, values, 0);
          requireCounted(name + " " + array, array.startsWith("b1"), values);
        }
      }
    }
  }

  @Test
  void everyTypeOrderAndVersionOfNpy() throws Exception {
    List<String> names = python().run("-c", VERSIONS, folder.toString()).lines().toList();
    assertThat(names).hasSize(3 * 12 * 2 * 2);
    for (String name : names) {
      try (Table table = Table.open(folder.resolve(name), Split.TRAIN)) {
        float[] values = new float[24];
        for (int i = 0; i < 24; i++) {
          table.rows().read(i / 6, i % 6, values, i);
        }
        requireCounted(name, name.contains("_b1_"), values);
      }
    }
  }

  private static float[] values(Table table, long row, int column) throws Exception {
    float[] values = new float[table.columns().get(column).width()];
    table.rows().read(row, column, values, 0);
    return values;
  }

  private static void requireCounted(String name, boolean isBoolean, float[] values) {
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).as("%s[%d]", name, i).isEqualTo(i % (isBoolean ? 2 : 7));
    }
  }
}
