package ai.cifer.node.store;

import ai.cifer.transport.BlockSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.LongConsumer;

/// A stream received into a file, which bears its name only when it is whole and is its owner's
/// alone.
public final class FileSink implements BlockSink {

  private final Path file;
  private final Path partial;
  private final FileChannel channel;
  private final long length;
  private final LongConsumer progress;

  /// @param length what the stream must not exceed: the sender is not trusted
  /// @param progress is told the length after each write
  public FileSink(Path file, long length, LongConsumer progress) throws IOException {
    this.file = file;
    this.partial = file.resolveSibling("." + file.getFileName() + ".partial");
    this.length = length;
    this.progress = progress;
    this.channel =
        FileChannel.open(
            partial,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE),
            OwnerOnly.file());
  }

  @Override
  public void write(ByteBuffer chunk) throws IOException {
    if (channel.position() + chunk.remaining() > length) {
      throw new IOException(
          "stream for %s: more than %d bytes (expected: that many)"
              .formatted(file.getFileName(), length));
    }
    while (chunk.hasRemaining()) {
      channel.write(chunk);
    }
    progress.accept(channel.position());
  }

  @Override
  public byte[] complete() throws IOException {
    if (channel.position() != length) {
      throw new IOException(
          "stream for %s: %d bytes (expected: %d)"
              .formatted(file.getFileName(), channel.position(), length));
    }
    channel.force(true);
    channel.close();
    Durable.rename(partial, file);
    return new byte[0];
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(partial);
  }
}
