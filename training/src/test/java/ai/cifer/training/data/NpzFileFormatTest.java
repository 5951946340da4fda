package ai.cifer.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Dataset.Batch;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzFileFormatTest {

  @TempDir Path folder;

  @Test
  void everyTruncatedFileIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(Fixtures.file("dataset.npz"));
    for (int length = 0; length < whole.length; length++) {
      Path file = Files.write(folder.resolve("truncated.npz"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Examples.open(file, Split.TRAIN).close())
          .as("%d bytes", length)
          .isInstanceOf(TrainingException.class);
    }
  }

  /// A flip in an array that the split does not need may go unseen; one in its values may not.
  @Test
  void everyFlippedBitIsRefusedOrHarmless() throws Exception {
    byte[] whole = Files.readAllBytes(Fixtures.file("dataset.npz"));
    List<Batch> expected = batches(Fixtures.file("dataset.npz"));
    int refused = 0;
    for (int bit = 0; bit < 8 * whole.length; bit += 7) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Path file = Files.write(folder.resolve("flipped.npz"), flipped);
      try {
        assertThat(batches(file)).as("bit %d", bit).usingRecursiveComparison().isEqualTo(expected);
      } catch (TrainingException damaged) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(whole.length / 3);
  }

  private static List<Batch> batches(Path file) throws TrainingException {
    try (Examples dataset = Examples.open(file, Split.TRAIN)) {
      List<Batch> batches = new ArrayList<>();
      try (Dataset.Batches all = dataset.batches(4, null)) {
        for (Batch batch = all.next(); batch != null; batch = all.next()) {
          batches.add(batch);
        }
      }
      return batches;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(1000000000, 1000000000)",
        "(9223372036854775807,)",
        "(999999999999999999, 999999999999999999)",
        "(4294967296, 4294967296, 4294967296)",
        "(0, 999999999999999999, 999999999999999999)",
        "(-1,)",
        "(2,,)",
        "(1, 1, 1",
      })
  void anAbsurdShapeIsRefusedBeforeAnythingIsAllocated(String shape) throws Exception {
    Path file = npz("{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }", 16);
    try (NpzFile npz = NpzFile.open(file)) {
      assertThatThrownBy(() -> npz.header("x"))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("array x");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[('a', '<f4')]",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f3', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|u1', 'shape': (1,), }",
        "{'descr': '|u1', 'fortran_order': 0, 'shape': (1,), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'more': 'x'}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), } + exit()",
      })
  void aHeaderThatNumpyWouldNotWriteIsRefused(String dict) {
    assertThatThrownBy(() -> NpyHeader.read(new ByteArrayInputStream(header(dict))))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aBombIsRefusedByItsRatio() throws Exception {
    long bytes = BoundedInflation.FREE_BYTES + 1;
    Path file =
        npz("{'descr': '|u1', 'fortran_order': False, 'shape': (%d,), }".formatted(bytes), bytes);
    assertThat(Files.size(file)).isLessThan(200_000);
    try (NpzFile npz = NpzFile.open(file)) {
      assertThatThrownBy(() -> npz.header("x"))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("at most 200-fold");
    }
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = folder.resolve("missing.npz");
    assertThatThrownBy(() -> NpzFile.open(missing))
        .isInstanceOf(TrainingException.class)
        .hasMessage("no such file: " + missing);
  }

  private static byte[] header(String dict) {
    byte[] text = dict.getBytes(StandardCharsets.US_ASCII);
    byte[] out = new byte[10 + text.length];
    byte[] start = {
      (byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, (byte) (text.length >> 8)
    };
    System.arraycopy(start, 0, out, 0, 10);
    System.arraycopy(text, 0, out, 10, text.length);
    return out;
  }

  private Path npz(String dict, long zeros) throws IOException {
    Path file = folder.resolve("made.npz");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(header(dict));
      byte[] chunk = new byte[1 << 16];
      for (long left = zeros; left > 0; left -= chunk.length) {
        zip.write(chunk, 0, (int) Math.min(left, chunk.length));
      }
      zip.closeEntry();
    }
    return file;
  }
}
