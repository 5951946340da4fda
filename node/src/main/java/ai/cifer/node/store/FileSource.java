package ai.cifer.node.store;

import ai.cifer.transport.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/// A file as a stream to send.
public final class FileSource implements BlockSource {

  private final FileChannel channel;
  private final long length;
  private final LongConsumer progress;

  /// @param progress is told the position after each read
  public FileSource(Path file, LongConsumer progress) throws IOException {
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
    this.length = channel.size();
    this.progress = progress;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void position(long offset) throws IOException {
    channel.position(offset);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int count = channel.read(target);
    progress.accept(channel.position());
    return count;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
