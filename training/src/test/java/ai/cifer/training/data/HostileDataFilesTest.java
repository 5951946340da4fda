package ai.cifer.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Malicious data files of every format are refused within a second and 64 MB, with a message that
/// says why.
@Tag("slow")
class HostileDataFilesTest {

  private static final int MEGABYTE = 1 << 20;

  /// Of processor time.
  private static final int MOST_MILLIS = 1000;

  @TempDir Path folder;

  /// The files, each with what its refusal says.
  private final Map<Path, String> files = new LinkedHashMap<>();

  @Test
  void maliciousFilesAreRefusedSoonAndInLittleMemory() throws Exception {
    pickles();
    bombs();
    headers();
    damaged();
    links();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=64m",
                "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
                "-cp",
                System.getProperty("java.class.path"),
                HostileDataFiles.class.getName()));
    // These also pay for the start of the classes.
    command.add(Fixtures.file("data/dtypes_deflated.npz").toString());
    command.add(Fixtures.file("data/examples.tfrecord.gz").toString());
    command.add(Fixtures.file("data/images").toString());
    command.add(Files.writeString(folder.resolve("good.csv"), "a,b\n1,0\n").toString());
    files.keySet().forEach(file -> command.add(file.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    List<String> answers = printed.lines().toList();
    assertThat(answers).as(printed).hasSize(files.size() + 4);
    int at = 4;
    for (Map.Entry<Path, String> file : files.entrySet()) {
      String[] words = answers.get(at++).split(" ", 3);
      assertThat(words[1]).isEqualTo(file.getKey().getFileName().toString());
      assertThat(words[2]).as(printed).startsWith("refused: ").contains(file.getValue());
      assertThat(Integer.parseInt(words[0])).as(words[1]).isLessThan(MOST_MILLIS);
    }
    try (var left = Files.list(folder.resolve("tmp"))) {
      assertThat(left.filter(each -> !each.getFileName().toString().startsWith("hsperf")))
          .isEmpty();
    }
  }

  private Path file(String name, String refusal) {
    Path file = folder.resolve(name);
    files.put(file, refusal);
    return file;
  }

  /// numpy pickles arrays of objects; a pickle that is loaded runs what it says.
  private void pickles() throws IOException {
    byte[] pickle = "cos\nsystem\n(S'touch owned'\ntR.".getBytes(StandardCharsets.US_ASCII);
    byte[] npy = npy(1, "{'descr': '|O', 'fortran_order': False, 'shape': (1, 2), }", pickle);
    Files.write(file("pickle.npy", "dtype: |O"), npy);
    zip(file("pickle.npz", "dtype: |O"), Map.of("x.npy", npy, "y.npy", npy));
  }

  /// Few bytes that are many; the honest way to expand them would fill memory or disk.
  private void bombs() throws IOException {
    Path npz = file("bomb.npz", "compressed");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(npz))) {
      for (String name : List.of("x.npy", "y.npy")) {
        out.putNextEntry(new ZipEntry(name));
        out.write(
            npy(
                1,
                "{'descr': '<f4', 'fortran_order': False, 'shape': (268435456, ), }",
                new byte[0]));
        zeros(out, 1024);
      }
    }
    gzip("line.csv.gz", "compressed", "a,b\n1,0\n", "0");
    gzip("rows.csv.gz", "compressed", "a,b\n", "0,0\n");
    gzip("bomb.tfrecord.gz", "checksum of the length", "", "\0");
    try (OutputStream out =
        new GZIPOutputStream(
            Files.newOutputStream(file("bomb-images-idx3-ubyte.gz", "truncated")))) {
      out.write(
          ByteBuffer.allocate(16).putInt(0x803).putInt(1 << 20).putInt(32).putInt(32).array());
      zeros(out, 1024);
    }
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("bomb-labels-idx1-ubyte.gz")))) {
      out.write(ByteBuffer.allocate(8).putInt(0x801).putInt(1 << 20).array());
      zeros(out, 1);
    }
  }

  /// @param pattern repeated to a gigabyte
  private void gzip(String name, String refusal, String start, String pattern) throws IOException {
    byte[] many = pattern.repeat(MEGABYTE / pattern.length()).getBytes(StandardCharsets.US_ASCII);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file(name, refusal)))) {
      out.write(start.getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 1024; i++) {
        out.write(many);
      }
    }
  }

  private static void zeros(OutputStream out, int megabytes) throws IOException {
    byte[] many = new byte[MEGABYTE];
    for (int i = 0; i < megabytes; i++) {
      out.write(many);
    }
  }

  /// Sizes that no file has.
  private void headers() throws IOException {
    byte[] huge =
        npy(
            1,
            "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
            new byte[8]);
    Files.write(file("shape.npy", "shape"), huge);
    zip(file("shape.npz", "shape"), Map.of("x.npy", huge, "y.npy", huge));
    byte[] length = npy(2, "", new byte[100]);
    ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).putInt(8, Integer.MAX_VALUE);
    Files.write(file("length.npy", "header"), length);
    Files.write(
        file("deep.npy", "header"), npy(2, "{'descr': " + "(".repeat(200_000) + ")", new byte[8]));
    Files.write(
        file("huge-images-idx3-ubyte", "fewer than 2^63 bytes"),
        ByteBuffer.allocate(20)
            .putInt(0x803)
            .putInt(Integer.MAX_VALUE)
            .putInt(Integer.MAX_VALUE)
            .putInt(Integer.MAX_VALUE)
            .array());
    Files.write(
        folder.resolve("huge-labels-idx1-ubyte"),
        ByteBuffer.allocate(8).putInt(0x801).putInt(Integer.MAX_VALUE).array());
    ByteBuffer record = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putLong(1L << 40);
    record.putInt(MaskedCrc.of(ByteBuffer.wrap(record.array(), 0, 8)));
    Files.write(file("length.tfrecord", "1099511627776 bytes"), record.array());
    Files.writeString(file("wide.csv", "16385 columns"), "1,".repeat(4 * MEGABYTE) + "1\n");
    // A gigabyte without the end of a line; the file is one hole.
    try (RandomAccessFile hole =
        new RandomAccessFile(file("endless.csv", "columns").toFile(), "rw")) {
      hole.setLength(1L << 30);
    }
    Files.writeString(
        file("quote.csv", "is a quote not closed?"), "a,b\n\"" + "x,1\n".repeat(8 * MEGABYTE));
    // What a path says is no place to write or read: arrays are only looked up by name.
    zip(
        file("traversal.npz", "no array x_train"),
        Map.of("../../x.npy", huge, "/etc/y.npy", huge, "..\\x.npy", huge));
  }

  private void damaged() throws IOException {
    for (String name :
        List.of("dtypes.npz", "dtypes_deflated.npz", "version3.npy", "examples.tfrecord")) {
      byte[] whole = Files.readAllBytes(Fixtures.file("data/" + name));
      Files.write(file("half-" + name, "not a readable"), Arrays.copyOf(whole, whole.length / 2));
    }
    byte[] zipped = Files.readAllBytes(Fixtures.file("data/examples.tfrecord.gz"));
    Files.write(
        file("half.tfrecord.gz", "not a readable"), Arrays.copyOf(zipped, zipped.length / 2));
    byte[] record = Files.readAllBytes(Fixtures.file("data/examples.tfrecord"));
    record[40] ^= 1;
    Files.write(file("crc.tfrecord", "checksum does not match"), record);
    byte[] npz = Files.readAllBytes(Fixtures.file("dataset.npz"));
    npz[indexOfData(npz)] ^= 1;
    Files.write(file("crc.npz", "checksum does not match"), npz);
  }

  /// The middle of the first member.
  private static int indexOfData(byte[] npz) {
    ByteBuffer header = ByteBuffer.wrap(npz).order(ByteOrder.LITTLE_ENDIAN);
    return 30 + header.getShort(26) + header.getShort(28) + 60;
  }

  private void links() throws IOException {
    Path secret = Files.createDirectories(folder.resolve("outside"));
    Files.copy(Fixtures.file("data/images/dog/0.png"), secret.resolve("secret.png"));
    Path linked = Files.createDirectories(file("linked", "is a link out of the folder"));
    Path dogs = Files.createDirectories(linked.resolve("dogs"));
    Files.createSymbolicLink(dogs.resolve("a.png"), secret.resolve("secret.png"));
    Path folders = Files.createDirectories(file("folders", "is a link out of the folder"));
    Files.createSymbolicLink(folders.resolve("dogs"), secret);
    Path round = Files.createDirectories(file("round", "no images"));
    Files.createSymbolicLink(round.resolve("dogs"), round);
  }

  private static byte[] npy(int version, String header, byte[] data) {
    byte[] text = (header + "\n").getBytes(StandardCharsets.US_ASCII);
    int size = version == 1 ? 2 : 4;
    ByteBuffer npy =
        ByteBuffer.allocate(8 + size + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    npy.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    npy.put((byte) version).put((byte) 0);
    if (version == 1) {
      npy.putShort((short) text.length);
    } else {
      npy.putInt(text.length);
    }
    return npy.put(text).put(data).array();
  }

  private static void zip(Path file, Map<String, byte[]> members) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        out.putNextEntry(new ZipEntry(member.getKey()));
        out.write(member.getValue());
      }
    }
  }
}
