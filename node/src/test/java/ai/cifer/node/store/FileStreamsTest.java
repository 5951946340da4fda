package ai.cifer.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Streams into files and out of them.
class FileStreamsTest {

  @TempDir Path folder;

  private static ByteBuffer bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) i;
    }
    return ByteBuffer.wrap(bytes);
  }

  @Test
  void aWholeStream_getsItsNameAtTheEnd() throws Exception {
    Path file = folder.resolve("segment");
    List<Long> progress = new ArrayList<>();
    try (FileSink sink = new FileSink(file, 10, progress::add)) {
      sink.write(bytes(4));
      sink.write(bytes(6));
      assertThat(file).doesNotExist();
      assertThat(sink.complete()).isEmpty();
      assertThat(file).exists();
    }
    assertThat(Files.readAllBytes(file)).containsExactly(0, 1, 2, 3, 0, 1, 2, 3, 4, 5);
    assertThat(progress).containsExactly(4L, 10L);
    assertThat(names()).containsExactly("segment");
  }

  @Test
  void aStreamThatIsTooLong_isStoppedBeforeItIsWritten() throws Exception {
    Path file = folder.resolve("segment");
    try (FileSink sink = new FileSink(file, 10, position -> {})) {
      sink.write(bytes(10));
      assertThatThrownBy(() -> sink.write(bytes(1)))
          .isInstanceOf(IOException.class)
          .hasMessage("stream for segment: more than 10 bytes (expected: that many)");
      assertThat(Files.size(folder.resolve(".segment.partial"))).isEqualTo(10);
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void aStreamThatIsTooShort_neverGetsTheName() throws Exception {
    Path file = folder.resolve("segment");
    try (FileSink sink = new FileSink(file, 10, position -> {})) {
      sink.write(bytes(9));
      assertThatThrownBy(sink::complete)
          .isInstanceOf(IOException.class)
          .hasMessage("stream for segment: 9 bytes (expected: 10)");
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void anAbandonedStream_leavesTheFileOfBefore() throws Exception {
    Path file = Files.writeString(folder.resolve("segment"), "before");
    try (FileSink sink = new FileSink(file, 10, position -> {})) {
      sink.write(bytes(9));
    }
    assertThat(file).hasContent("before");
    assertThat(names()).containsExactly("segment");
  }

  @Test
  void aFileIsReadFromAnyPlace() throws Exception {
    Path file = folder.resolve("model");
    Files.write(file, bytes(10).array());
    List<Long> progress = new ArrayList<>();
    try (FileSource source = new FileSource(List.of(file), progress::add)) {
      assertThat(source.length()).isEqualTo(10);
      source.position(7);
      ByteBuffer target = ByteBuffer.allocate(2);
      assertThat(source.read(target)).isEqualTo(2);
      assertThat(target.array()).containsExactly(7, 8);
      assertThat(source.read(target.clear())).isEqualTo(1);
      assertThat(source.read(target.clear())).isEqualTo(-1);
    }
    assertThat(progress).startsWith(9L, 10L);
  }

  @Test
  void filesAreReadAsOneStream() throws Exception {
    Path first = Files.write(folder.resolve("model"), bytes(10).array());
    Path second = Files.write(folder.resolve("guide"), bytes(4).array());
    ByteBuffer target = ByteBuffer.allocate(20);
    try (FileSource source = new FileSource(List.of(first, second), position -> {})) {
      assertThat(source.length()).isEqualTo(14);
      source.position(8);
      while (source.read(target) >= 0) {
        assertThat(target.hasRemaining()).isTrue();
      }
      source.position(11);
      assertThat(source.read(target)).isEqualTo(3);
    }
    assertThat(Arrays.copyOf(target.array(), target.position()))
        .containsExactly(8, 9, 0, 1, 2, 3, 1, 2, 3);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
