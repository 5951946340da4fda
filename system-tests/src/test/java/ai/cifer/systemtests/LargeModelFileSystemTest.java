package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A model much larger than the heap is inspected, converted there and back, and compared.
class LargeModelFileSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  private static final List<String> JVM = List.of("-Xmx256m");
  private static final int ROW = 1 << 18;
  private static final Duration LONGEST = Duration.ofMinutes(15);

  @Test
  @Tag("slow")
  void halfAGigabyte() throws Exception {
    inspectAndConvert(1L << 29);
  }

  /// Needs 32 GB of disk.
  @Test
  @Tag("full")
  void tenGigabytes() throws Exception {
    inspectAndConvert(10L << 30);
  }

  private void inspectAndConvert(long bytes) throws Exception {
    Path file = federation.folder().resolve("large.safetensors");
    write(file, bytes);
    Path npz = federation.folder().resolve("large.npz");
    Path back = federation.folder().resolve("back.safetensors");

    assertThat(run("inspect", file)).contains("parameters");
    run("convert", file, npz);
    run("convert", npz, back);
    assertThat(run("diff", file, back)).startsWith("equal");

    assertThat(Files.size(npz)).isGreaterThan(bytes);
  }

  private String run(String verb, Path... files) throws Exception {
    List<String> words = new java.util.ArrayList<>(List.of("model", verb));
    for (Path file : files) {
      words.add(file.toString());
    }
    Cifer command = federation.start(verb, JVM, words);
    assertThat(command.exitCode(LONGEST)).as(command::report).isZero();
    return command.out();
  }

  /// Two tensors, one of almost all bytes; of the values a few are not zero, so that most of the
  /// file takes no disk.
  private static void write(Path file, long bytes) throws IOException {
    long rows = bytes / ROW / Float.BYTES;
    long large = rows * ROW * Float.BYTES;
    String header =
        """
        {"embedding":{"dtype":"F32","shape":[%d,%d],"data_offsets":[0,%d]},\
        "bias":{"dtype":"F32","shape":[3],"data_offsets":[%d,%d]}}\
        """
            .formatted(rows, ROW, large, large, large + 12);
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer start = ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(text.length).put(text).flip();
    ByteBuffer end =
        ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putFloat(1).putFloat(2).putFloat(3);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(start, 0);
      channel.write(end.flip(), 8 + text.length + large);
      for (long at = 0; at < large; at += large / 16) {
        channel.write(end.rewind(), 8 + text.length + at);
      }
    }
  }
}
