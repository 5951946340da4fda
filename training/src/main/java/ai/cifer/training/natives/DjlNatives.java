package ai.cifer.training.natives;

import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Loads native libraries of DJL: offline, untracked, and by one process at a time.
///
/// DJL unpacks natives by "absent? delete the folder, unpack, move": a second process in between
/// deletes what the first has just moved there and is about to load.
public final class DjlNatives {

  private DjlNatives() {}

  /// What loads a library.
  ///
  /// @param <T> what is loaded
  @FunctionalInterface
  public interface Loading<T> {
    T load() throws IOException;
  }

  /// @param engine DJL's name of the folder that it unpacks into
  /// @throws IOException if that folder cannot be written, or from `loading`
  public static <T> T load(String engine, Loading<T> loading) throws IOException {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    Path folder = Utils.getEngineCacheDir(engine);
    Files.createDirectories(folder);
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("cifer.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!lock.isValid()) {
        throw new IOException("the lock was lost");
      }
      return loading.load();
    }
  }
}
