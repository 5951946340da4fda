package ai.cifer.training.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.training.data.Fixtures;
import ai.cifer.training.data.MaskedCrc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Malicious files are refused within a second and 64 MB.
@Tag("slow")
class HostileFilesTest {

  private static final int MEGABYTE = 1 << 20;

  @TempDir Path folder;

  @Test
  void maliciousFilesAreRefusedSoonAndInLittleMemory() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=64m",
                "-cp",
                System.getProperty("java.class.path"),
                HostileFiles.class.getName()));
    List<String> files = files();
    // The first file also pays for the start of the classes.
    command.add(Fixtures.file("models/evil.pt").toString());
    command.addAll(files);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    List<String> answers = printed.lines().filter(line -> line.startsWith("re")).skip(1).toList();
    assertThat(answers).as(printed).hasSize(files.size());
    for (String answer : answers) {
      String[] words = answer.split(" ", -1);
      assertThat(words[0]).as(answer).isEqualTo("refused");
      assertThat(Integer.parseInt(words[1])).as(answer).isLessThan(1000);
    }
  }

  private List<String> files() throws IOException {
    List<String> files = new ArrayList<>();
    for (String name : List.of("evil.pt", "cycle.h5", "outside.h5", "chunked.h5", "legacy.pth")) {
      files.add(Fixtures.file("models/" + name).toString());
    }
    files.add(bomb("pickle.pt", "x/data.pkl", 1024));
    files.add(bomb("config.keras", "config.json", 1024));
    files.add(repeated("lists.pt", ']'));
    files.add(repeated("memo.pt", 0x94));
    files.add(
        safetensors(
            "shape",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647],\"data_offsets\":[0,4]}}"));
    for (String name : List.of("state.pt", "images.h5", "words.keras", "graph.onnx")) {
      files.add(truncated(name));
    }
    files.add(folder("traversal", "../model.safetensors"));
    files.add(folder("absolute", "/etc/passwd"));
    files.add(linked());
    // The graph: one tensor of 2^31 - 1 by 2^31 - 1 float32.
    files.add(
        onnx(
            "shape",
            new byte[] {0x2a, 16, 8, -1, -1, -1, -1, 7, 8, -1, -1, -1, -1, 7, 16, 1, 0x4a, 0}));
    // A tensor that claims more bytes than the file has, and groups, which protobuf gave up.
    files.add(onnx("length", new byte[] {0x2a, -1, -1, -1, -1, 7}));
    files.add(onnx("group", new byte[] {0x2b}));
    files.add(onnx("nodes", "\n\2\"\0".repeat(8 * MEGABYTE).getBytes(StandardCharsets.US_ASCII)));
    files.add(objects());
    files.add(keys());
    files.add(crc());
    files.add(safetensors("depth", "{\"a\":" + "[".repeat(10 * MEGABYTE)));
    return files;
  }

  /// A member of so many megabytes of zeros in a few kilobytes.
  private String bomb(String name, String member, int megabytes) throws IOException {
    Path file = folder.resolve(name);
    byte[] zeros = new byte[MEGABYTE];
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry(member));
      for (int i = 0; i < megabytes; i++) {
        zip.write(zeros);
      }
    }
    return file.toString();
  }

  /// 15 MB of one instruction after an empty list.
  private String repeated(String name, int instruction) throws IOException {
    Path file = folder.resolve(name);
    byte[] instructions = new byte[MEGABYTE];
    Arrays.fill(instructions, (byte) instruction);
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("x/data.pkl"));
      zip.write(']');
      for (int i = 0; i < 15; i++) {
        zip.write(instructions);
      }
    }
    return file.toString();
  }

  private String truncated(String name) throws IOException {
    byte[] whole = Files.readAllBytes(Fixtures.file("models/" + name));
    Path file = folder.resolve("truncated-" + name);
    return Files.write(file, Arrays.copyOf(whole, whole.length - 40)).toString();
  }

  /// A folder whose index names a shard.
  private String folder(String name, String shard) throws IOException {
    Path made = Files.createDirectory(folder.resolve(name));
    Files.copy(
        Fixtures.file("model.safetensors"),
        folder.resolve("model.safetensors"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(
        made.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"a\":\"%s\"}}".formatted(shard));
    return made.toString();
  }

  private String linked() throws IOException {
    Path made = Files.createDirectory(folder.resolve("linked"));
    Files.createSymbolicLink(
        made.resolve("model.safetensors"), Fixtures.file("model.safetensors").toAbsolutePath());
    return made.toString();
  }

  private String onnx(String name, byte[] graph) throws IOException {
    Path file = folder.resolve(name + ".onnx");
    return Files.write(file, field(0x3a, graph)).toString();
  }

  /// A field of protobuf whose value is bytes.
  private static byte[] field(int key, byte[] value) throws IOException {
    var out = new ByteArrayOutputStream();
    out.write(key);
    varint(out, value.length);
    out.write(value);
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, int value) {
    for (int rest = value; ; rest >>>= 7) {
      out.write(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
      if (rest <= 0x7f) {
        break;
      }
    }
  }

  private Path savedModel(String name) throws IOException {
    Path made = folder.resolve(name);
    Files.createDirectories(made.resolve("variables"));
    for (String part :
        List.of(
            "saved_model.pb",
            "variables/variables.index",
            "variables/variables.data-00000-of-00001")) {
      Files.copy(Fixtures.file("tensorflow/tumours/" + part), made.resolve(part));
    }
    return made;
  }

  /// A SavedModel whose tree has eight million objects.
  private String objects() throws IOException {
    Path made = savedModel("objects");
    byte[] tree = "\n\0".repeat(8 * MEGABYTE).getBytes(StandardCharsets.US_ASCII);
    Files.write(made.resolve("saved_model.pb"), field(0x12, field(0x3a, tree)));
    return made.toString();
  }

  /// A SavedModel whose index has a million keys of 4,000 characters, in 5 MB.
  private String keys() throws IOException {
    Path made = savedModel("keys");
    var block = new ByteArrayOutputStream();
    block.write(0);
    varint(block, 4000);
    block.write(0);
    block.write("k".repeat(4000).getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < MEGABYTE; i++) {
      varint(block, 4000);
      block.write(0);
      block.write(0);
    }
    var out = new ByteArrayOutputStream();
    int size = block(out, block.toByteArray());
    var place = new ByteArrayOutputStream();
    place.write(0);
    varint(place, size);
    var index = new ByteArrayOutputStream();
    index.write(new byte[] {0, 1, (byte) place.size(), 'z'});
    index.write(place.toByteArray());
    int at = out.size();
    int length = block(out, index.toByteArray());
    var footer = new ByteArrayOutputStream();
    footer.write(place.toByteArray());
    varint(footer, at);
    varint(footer, length);
    out.write(Arrays.copyOf(footer.toByteArray(), 40));
    out.write(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0xdb4775248b80fb57L).array());
    Files.write(made.resolve("variables/variables.index"), out.toByteArray());
    return made.toString();
  }

  /// Appends a block of a table with its right checksum.
  ///
  /// @return its size
  private static int block(ByteArrayOutputStream out, byte[] entries) throws IOException {
    byte[] whole = Arrays.copyOf(entries, entries.length + 5);
    out.write(whole);
    out.write(
        ByteBuffer.allocate(4)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(MaskedCrc.of(ByteBuffer.wrap(whole)))
            .array());
    return entries.length + 4;
  }

  /// An array whose bytes are not those of its checksum.
  private String crc() throws IOException {
    byte[] bytes = Files.readAllBytes(Fixtures.file("model.npz"));
    ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int entry = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    zip.putInt(entry + 16, ~zip.getInt(entry + 16));
    return Files.write(folder.resolve("crc.npz"), bytes).toString();
  }

  private String safetensors(String name, String json) throws IOException {
    Path file = folder.resolve(name + ".safetensors");
    byte[] text = json.getBytes(StandardCharsets.US_ASCII);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
      out.write(text);
      out.write(new byte[4]);
    }
    return file.toString();
  }
}
