package ai.cifer.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Malformed and malicious files of every format: refused by name or read, never anything else.
class HostileDataTest {

  /// For what decodes nothing; the machine may be busy.
  private static final Duration SOON = Duration.ofSeconds(5);

  @TempDir Path folder;

  /// Reads everything that a training would.
  private static void read(Path file) throws TrainingException {
    try (Table table = Table.open(file, Split.TRAIN)) {
      for (long row = 0; row < table.size(); row++) {
        for (int i = 0; i < table.columns().size(); i++) {
          table.rows().read(row, i, new float[table.columns().get(i).width()], 0);
        }
      }
    }
  }

  private static boolean isRefused(Path file) {
    try {
      read(file);
      return false;
    } catch (TrainingException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "examples.tfrecord",
        "examples.tfrecord.gz",
        "dtypes_deflated.npz",
        "version3.npy",
        "images/dog/0.png",
        "images/dog/9.jpeg",
      })
  void cutAndFlippedFiles_areRefusedOrRead(String name) throws Exception {
    byte[] whole = Files.readAllBytes(Fixtures.file("data/" + name));
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Path opened = name.startsWith("images") ? folder.resolve("images") : file;
    RandomGenerator random = Seeds.generator(11);
    int refused = 0;
    for (int i = 0; i < 60; i++) {
      byte[] bytes = Arrays.copyOf(whole, i % 3 == 0 ? random.nextInt(whole.length) : whole.length);
      for (int flips = i % 3; flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, bytes);
      refused += isRefused(opened) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(10);
  }

  @Test
  void randomBytes_areRefusedOrRead() throws Exception {
    RandomGenerator random = Seeds.generator(12);
    for (String name :
        new String[] {"a.csv", "a.tfrecord", "a.npy", "a.npz", "a-images-idx3-ubyte"}) {
      for (int i = 0; i < 60; i++) {
        byte[] bytes = new byte[random.nextInt(2000)];
        random.nextBytes(bytes);
        Files.write(folder.resolve(name), bytes);
        assertThat(isRefused(folder.resolve(name)) || name.equals("a.csv")).isTrue();
      }
    }
  }

  @Test
  void aWrongChecksum_isRefused() throws Exception {
    byte[] record = Files.readAllBytes(Fixtures.file("data/examples.tfrecord"));
    record[40] ^= 1;
    Path file = Files.write(folder.resolve("wrong.tfrecord"), record);
    assertThatThrownBy(() -> read(file)).hasMessageContaining("record 1: checksum does not match");
    byte[] npz = Files.readAllBytes(Fixtures.file("data/dtypes.npz"));
    npz[200] ^= 1;
    Path archive = Files.write(folder.resolve("wrong.npz"), npz);
    try (NpzFile arrays = NpzFile.open(archive);
        var arena = java.lang.foreign.Arena.ofConfined()) {
      assertThatThrownBy(() -> arrays.read("b1_little_C", arena))
          .hasMessageContaining("checksum does not match");
    }
  }

  @Test
  void aRecordThatPromisesGigabytes_isRefusedAtOnce() throws Exception {
    ByteBuffer start = ByteBuffer.allocate(12).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    start.putLong(1L << 40);
    start.putInt(MaskedCrc.of(ByteBuffer.wrap(start.array(), 0, 8)));
    Path file = Files.write(folder.resolve("long.tfrecord"), start.array());
    assertThatThrownBy(() -> read(file)).hasMessageContaining("record 1: 1099511627776 bytes");
  }

  @Test
  void aBombOfZeros_isRefusedBeforeItFillsTheDisk() throws Exception {
    Path file = folder.resolve("bomb.csv.gz");
    byte[] zeros = new byte[1 << 20];
    Arrays.fill(zeros, (byte) '0');
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < 100; i++) {
        out.write(zeros);
      }
    }
    long start = System.nanoTime();
    assertThatThrownBy(() -> read(file)).isInstanceOf(TrainingException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
  }

  @Test
  void membersThatOverlap_areRefused() throws Exception {
    byte[] npz = Files.readAllBytes(Fixtures.file("dataset.npz"));
    // The second entry of the directory is made to point where the first one does.
    int first = indexOf(npz, new byte[] {'P', 'K', 1, 2}, 0);
    int second = indexOf(npz, new byte[] {'P', 'K', 1, 2}, first + 4);
    byte[] doubled = npz.clone();
    System.arraycopy(npz, first + 42, doubled, second + 42, 4);
    Path file = Files.write(folder.resolve("overlap.npz"), doubled);
    assertThatThrownBy(() -> NpzFile.open(file).close()).isInstanceOf(TrainingException.class);
  }

  private static int indexOf(byte[] bytes, byte[] wanted, int from) {
    for (int i = from; i < bytes.length - wanted.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }

  @Test
  void aLinkOutOfTheFolder_isRefused() throws Exception {
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Files.copy(Fixtures.file("data/images/dog/0.png"), outside.resolve("secret.png"));
    Path dogs = Files.createDirectories(folder.resolve("in/dogs"));
    Files.createSymbolicLink(dogs.resolve("a.png"), outside.resolve("secret.png"));
    assertThatThrownBy(() -> read(folder.resolve("in")))
        .hasMessageContaining("a.png is a link out of the folder");
  }

  @Test
  void aPictureOfBillionsOfPixels_isRefusedAtOnce() throws Exception {
    Path dogs = Files.createDirectories(folder.resolve("in/dogs"));
    Files.write(dogs.resolve("a.png"), png(100_000, 100_000));
    long start = System.nanoTime();
    assertThatThrownBy(() -> read(folder.resolve("in")))
        .hasMessageContaining("100000 x 100000 pixels");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
  }

  /// A PNG header of that size with next to no pixels behind it.
  private static byte[] png(int width, int height) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    chunk(out, "IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8).array());
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(pixels)) {
      deflater.write(new byte[1000]);
    }
    chunk(out, "IDAT", pixels.toByteArray());
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String name, byte[] body) {
    ByteBuffer chunk = ByteBuffer.allocate(body.length + 12).putInt(body.length);
    chunk.put(name.getBytes(java.nio.charset.StandardCharsets.US_ASCII)).put(body);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, body.length + 4);
    out.writeBytes(chunk.putInt((int) crc.getValue()).array());
  }

  @Test
  void aMillionColumns_areRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("wide.csv"), "1,".repeat(1 << 20) + "1\n");
    assertThatThrownBy(() -> read(file)).isInstanceOf(TrainingException.class);
  }
}
