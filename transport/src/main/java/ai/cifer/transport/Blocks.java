package ai.cifer.transport;

import ai.cifer.transport.wire.Block;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The middle of every stream: bytes from an offset to the announced length, in blocks without gap.
final class Blocks {
  /// Takes the next block from a call, null when the other side ended it.
  interface Taker {
    @Nullable Block take() throws IOException;
  }

  /// Puts a block into a call.
  interface Putter {
    void put(Block block) throws IOException;
  }

  private Blocks() {}

  static long length(String stream, BlockSource source) throws IOException {
    long length = source.length();
    if (length < 0) {
      throw new IllegalArgumentException(
          "length of " + stream + ": " + length + " (expected: >= 0)");
    }
    return length;
  }

  /// Sends everything from an offset on, and makes sure that the source ends where it said.
  static void send(String stream, BlockSource source, long offset, long length, Putter to)
      throws IOException {
    source.position(offset);
    long at = offset;
    while (at < length) {
      var chunk = ByteBuffer.allocate((int) Math.min(Frames.BLOCK_BYTES, length - at));
      while (chunk.hasRemaining()) {
        if (source.read(chunk) < 0) {
          throw new EOFException(
              stream
                  + ": its source ended after "
                  + (at + chunk.position())
                  + " bytes (expected: "
                  + length
                  + ")");
        }
      }
      ByteString body = UnsafeByteOperations.unsafeWrap(chunk.array());
      to.put(Block.newBuilder().setOffset(at).setBody(body).build());
      at += body.size();
    }
    if (source.read(ByteBuffer.allocate(1)) > 0) {
      throw new IOException(
          stream + ": its source goes on after " + length + " bytes (expected: the end)");
    }
  }

  /// Writes everything up to the length into the sink.
  ///
  /// @throws ProtocolException if blocks leave a gap, end early or go on too long
  static void receive(String stream, BlockSink sink, long offset, long length, Taker from)
      throws IOException {
    long at = offset;
    while (at < length) {
      Block block = from.take();
      if (block == null) {
        throw new ProtocolException(
            stream + ": ended after " + at + " bytes (expected: " + length + ")");
      }
      ByteString body = block.getBody();
      if (block.getOffset() != at || body.isEmpty()) {
        throw new ProtocolException(
            stream
                + ": a block of "
                + body.size()
                + " bytes at "
                + Long.toUnsignedString(block.getOffset())
                + " (expected: at least 1 byte at "
                + at
                + ")");
      }
      if (body.size() > Frames.BLOCK_BYTES || body.size() > length - at) {
        throw new ProtocolException(
            stream
                + ": a block of "
                + body.size()
                + " bytes at "
                + at
                + " (expected: <= "
                + Math.min(Frames.BLOCK_BYTES, length - at)
                + "; "
                + length
                + " bytes were announced)");
      }
      at += body.size();
      sink.write(body.asReadOnlyByteBuffer());
    }
  }
}
