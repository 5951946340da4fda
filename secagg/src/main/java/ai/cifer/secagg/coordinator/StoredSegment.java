package ai.cifer.secagg.coordinator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// The blocks of one client's segment where the coordinator stored them.
@FunctionalInterface
public interface StoredSegment {
  /// Fills `out` with the bytes from `position` on.
  ///
  /// @throws IOException if there are too few
  void read(long position, ByteBuffer out) throws IOException;

  /// Blocks that lie from byte `offset` of a file on; the channel stays its owner's.
  static StoredSegment of(FileChannel channel, long offset) {
    return (position, out) -> {
      long at = offset + position;
      while (out.hasRemaining()) {
        int count = channel.read(out, at);
        if (count < 0) {
          throw new IOException(
              "stored segment: ends at byte %d (expected: %d more)".formatted(at, out.remaining()));
        }
        at += count;
      }
    };
  }
}
