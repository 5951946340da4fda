package ai.cifer.training.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.training.data.Fixtures;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
