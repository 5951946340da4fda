package ai.cifer.node.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps a run to one coordinator, as long as the process lives.
///
/// It is on a file of its own, which nobody else opens: POSIX takes a process's locks of a file
/// away as soon as the process closes any descriptor of it, one that was only read included
/// (fcntl(2), "Advisory record locking").
public final class RunLock implements AutoCloseable {

  /// Of this process; a second look at the file would end the first lock.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private RunLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /// @return empty if another coordinator has it
  public static Optional<RunLock> take(RunFolder folder) throws IOException {
    Files.createDirectories(folder.work());
    Path file = folder.work().toRealPath().resolve(RunFolder.LOCK);
    if (!HELD.add(file)) {
      return Optional.empty();
    }
    Optional<RunLock> taken = Optional.empty();
    try {
      taken = lock(file);
      return taken;
    } finally {
      if (taken.isEmpty()) {
        HELD.remove(file);
      }
    }
  }

  /// Whether a coordinator has it now.
  public static boolean isTaken(RunFolder folder) throws IOException {
    Optional<RunLock> free = take(folder);
    if (free.isPresent()) {
      free.get().close();
    }
    return free.isEmpty();
  }

  private static Optional<RunLock> lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
      return lock == null ? Optional.empty() : Optional.of(new RunLock(file, channel));
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(file);
    }
  }
}
