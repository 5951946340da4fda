package ai.cifer.node.store;

import ai.cifer.transport.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// Files as one stream to send, one after the other.
public final class FileSource implements BlockSource {

  private final List<FileChannel> channels = new ArrayList<>();
  private final List<Long> starts = new ArrayList<>();
  private final long length;
  private final LongConsumer progress;
  private long position;

  /// @param progress is told the position after each read
  public FileSource(List<Path> files, LongConsumer progress) throws IOException {
    this.progress = progress;
    long sum = 0;
    try {
      for (Path file : files) {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        channels.add(channel);
        starts.add(sum);
        sum += channel.size();
      }
    } catch (IOException failure) {
      close();
      throw failure;
    }
    length = sum;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void position(long offset) {
    position = offset;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int file = channels.size() - 1;
    while (position < starts.get(file)) {
      file--;
    }
    int count = channels.get(file).read(target, position - starts.get(file));
    position += Math.max(0, count);
    progress.accept(position);
    return count;
  }

  @Override
  public void close() throws IOException {
    for (FileChannel channel : channels) {
      channel.close();
    }
  }
}
