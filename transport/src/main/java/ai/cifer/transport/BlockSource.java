package ai.cifer.transport;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Where a stream comes from: `length, position?, read*, close`, one call at a time, on a thread
/// that may block.
public interface BlockSource extends AutoCloseable {
  /// Length of the whole stream in bytes; must not change.
  long length() throws IOException;

  /// Moves to a byte of the stream, before the first read; called when the receiver has the bytes
  /// before it. A source that cannot do so keeps this default.
  ///
  /// @throws IOException if the source cannot start there
  default void position(long offset) throws IOException {
    if (offset != 0) {
      throw new IOException("offset: " + offset + " (expected: 0; this stream cannot be resumed)");
    }
  }

  /// Fills the buffer from its position as far as it likes.
  ///
  /// @return bytes read, at least 1 unless at the end, -1 at the end of the stream
  int read(ByteBuffer target) throws IOException;

  /// Releases resources.
  @Override
  void close() throws IOException;
}
