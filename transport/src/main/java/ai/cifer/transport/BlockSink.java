package ai.cifer.transport;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Where a stream goes: `offset, write*, complete?, close`, one call at a time, on a thread that
/// may block.
public interface BlockSink extends AutoCloseable {
  /// How many bytes of the stream are here already; sending starts there. Asked once, first.
  ///
  /// @return 0 for a fresh stream, at most the announced length
  default long offset() throws IOException {
    return 0;
  }

  /// Takes the next bytes. The buffer is valid during the call only and at most 4 MiB. The sender
  /// is slowed to the pace of this method.
  void write(ByteBuffer chunk) throws IOException;

  /// The whole announced length has been written.
  ///
  /// @return a receipt for the sender, at most 64 KiB, may be empty; a sink of a download returns
  ///   what it likes, nobody sees it
  byte[] complete() throws IOException;

  /// Releases resources. Without [#complete] before, the stream is incomplete: abandon it or keep
  /// its first bytes for a resumption.
  @Override
  void close() throws IOException;
}
