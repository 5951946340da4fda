package ai.cifer.training.data;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What is decoded once and read often: a temporary file that loses its name as soon as it is open,
/// where the system allows it, so that no copy of anybody's data outlives the process.
final class Spool extends OutputStream {

  private static final int BUFFER_BYTES = 1 << 20;

  private final FileChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private Spool(FileChannel channel) {
    this.channel = channel;
  }

  /// Opens one in the folder for temporary files (`java.io.tmpdir`).
  static Spool create() throws IOException {
    Path file = Files.createTempFile("cifer", ".rows");
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      Files.delete(file);
    } catch (IOException open) {
      // Windows keeps the name of a file that is open.
      file.toFile().deleteOnExit();
    }
    return new Spool(channel);
  }

  @Override
  public void write(int value) throws IOException {
    room(1);
    buffer.put((byte) value);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    int at = from;
    while (at < from + count) {
      room(1);
      int some = Math.min(buffer.remaining(), from + count - at);
      buffer.put(bytes, at, some);
      at += some;
    }
  }

  /// Appends float32 values, little endian.
  void write(float[] values, int count) throws IOException {
    int at = 0;
    while (at < count) {
      room(Float.BYTES);
      int some = Math.min(buffer.remaining() / Float.BYTES, count - at);
      buffer.asFloatBuffer().put(values, at, some);
      buffer.position(buffer.position() + some * Float.BYTES);
      at += some;
    }
  }

  private void room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  @Override
  public void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  /// All that was written, mapped; the file goes with the arena.
  MemorySegment map(Arena arena) throws IOException {
    flush();
    return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
