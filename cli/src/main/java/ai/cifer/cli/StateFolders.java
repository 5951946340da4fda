package ai.cifer.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A folder of a simulation's own, which ends with it.
///
/// Clients force what they promise to the disk before they act on it. In a simulation nobody would
/// read that after a crash, so a folder in memory serves as well, and takes no time.
final class StateFolders implements AutoCloseable {

  private static final Path MEMORY = Path.of("/dev/shm");

  /// Data in memory takes room beside the process.
  private static final long ROOM_BESIDE_DATA = 1L << 30;

  private static final int TIMES_DATA = 8;

  private final Path folder;

  /// What lies in memory would stay there after Ctrl-C.
  private final Thread hook = Thread.ofPlatform().unstarted(this::deleteWhatIsThere);

  private StateFolders(Path folder) {
    this.folder = folder;
  }

  /// @param chosen where a person wants it
  /// @param data that is dealt out there
  static StateFolders make(Optional<Path> chosen, Optional<Path> data) throws IOException {
    Path parent =
        chosen.isPresent()
            ? Files.createDirectories(chosen.get())
            : hasRoom(data) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
    StateFolders made = new StateFolders(Files.createTempDirectory(parent, "cifer-simulation-"));
    Runtime.getRuntime().addShutdownHook(made.hook);
    return made;
  }

  private static boolean hasRoom(Optional<Path> data) throws IOException {
    long size = data.isPresent() && Files.isRegularFile(data.get()) ? Files.size(data.get()) : 0;
    return Files.isDirectory(MEMORY)
        && Files.isWritable(MEMORY)
        && Files.getFileStore(MEMORY).getUsableSpace() > ROOM_BESIDE_DATA + TIMES_DATA * size;
  }

  Path partitions() {
    return folder.resolve("partitions");
  }

  Path clients() {
    return folder.resolve("clients");
  }

  Path model() {
    return folder.resolve("model.safetensors");
  }

  @Override
  public void close() throws IOException {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // It runs.
    }
  }

  private void delete() throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> tree = Files.walk(folder)) {
      deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    }
    for (Path each : deepestFirst) {
      Files.deleteIfExists(each);
    }
  }

  /// Clients may still be writing; what they make anew is small.
  private void deleteWhatIsThere() {
    try {
      delete();
    } catch (IOException left) {
      System.getLogger(StateFolders.class.getName())
          .log(System.Logger.Level.WARNING, "{0} remains: {1}", folder, left.getMessage());
    }
  }
}
