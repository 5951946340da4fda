package ai.cifer.training.model.source;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/// Held while a cache is written: by one thread of one process.
final class CacheLock implements AutoCloseable {

  /// File locks are those of a process, not of a thread.
  private static final ReentrantLock OURS = new ReentrantLock();

  private final FileChannel channel;
  private final FileLock lock;

  private CacheLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  static CacheLock of(Path cache) throws IOException, InterruptedException {
    OURS.lockInterruptibly();
    try {
      Files.createDirectories(cache);
      FileChannel channel =
          FileChannel.open(
              cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      return new CacheLock(channel, channel.lock());
    } catch (IOException | RuntimeException failure) {
      OURS.unlock();
      throw failure;
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      lock.release();
    } finally {
      OURS.unlock();
    }
  }
}
