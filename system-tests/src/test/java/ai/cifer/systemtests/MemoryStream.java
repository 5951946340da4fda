package ai.cifer.systemtests;

import ai.cifer.transport.BlockSink;
import ai.cifer.transport.BlockSource;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Streams of bytes that are in memory.
final class MemoryStream {

  private MemoryStream() {}

  static BlockSource source(byte[] content) {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    return new BlockSource() {
      @Override
      public long length() {
        return content.length;
      }

      @Override
      public void position(long offset) {
        bytes.position((int) offset);
      }

      @Override
      public int read(ByteBuffer target) {
        if (!bytes.hasRemaining()) {
          return -1;
        }
        int count = Math.min(bytes.remaining(), target.remaining());
        target.put(bytes.slice(bytes.position(), count));
        bytes.position(bytes.position() + count);
        return count;
      }

      @Override
      public void close() {}
    };
  }

  /// @param whole gets all bytes after the last one
  static BlockSink sink(Consumer<byte[]> whole) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    return new BlockSink() {
      @Override
      public void write(ByteBuffer chunk) {
        byte[] copy = new byte[chunk.remaining()];
        chunk.get(copy);
        bytes.writeBytes(copy);
      }

      @Override
      public byte[] complete() {
        whole.accept(bytes.toByteArray());
        return new byte[0];
      }

      @Override
      public void close() {}
    };
  }
}
