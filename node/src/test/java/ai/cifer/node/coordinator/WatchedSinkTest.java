package ai.cifer.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which failures of an upload end the run: those of the disk.
class WatchedSinkTest {
  private final List<IOException> told = new ArrayList<>();

  private void watch(IOException failure) {
    assertThatThrownBy(() ->
            WatchedSink.watch(
                () -> {
                  throw failure;
                },
                told::add))
        .isSameAs(failure);
  }

  static List<IOException> failuresOfOthers() {
    return List.of(
        LinkRefused.declined("no"),
        new ClosedChannelException(),
        new FileSystemException("file", null, "Too many open files"),
        new FileSystemException("file", null, "Too many open files in system"));
  }

  @ParameterizedTest
  @MethodSource("failuresOfOthers")
  void clientsAndTheirConnections_endNoRun(IOException failure) {
    watch(failure);
    assertThat(told).isEmpty();
  }

  static List<IOException> failuresOfTheDisk() {
    return List.of(
        new IOException("No space left on device"),
        new FileSystemException("file", null, "Read-only file system"),
        new FileSystemException("file"));
  }

  @ParameterizedTest
  @MethodSource("failuresOfTheDisk")
  void aDiskThatFails_endsIt(IOException failure) {
    watch(failure);
    assertThat(told).containsExactly(failure);
  }
}
