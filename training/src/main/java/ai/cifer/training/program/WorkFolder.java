package ai.cifer.training.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder for model files that nobody but this user can open; deleted with all in it.
final class WorkFolder implements AutoCloseable {

  private static final String PREFIX = ".trainer-";

  private final Path folder;

  private WorkFolder(Path folder) {
    this.folder = folder;
  }

  /// Creates one under `parent`, and deletes those of processes that were killed.
  static WorkFolder under(Path parent) throws IOException {
    Files.createDirectories(parent);
    try (Stream<Path> files = Files.list(parent)) {
      for (Path left : files.filter(WorkFolder::isAbandoned).toList()) {
        delete(left);
      }
    }
    // createTempDirectory makes what only its owner can enter.
    return new WorkFolder(
        Files.createTempDirectory(parent, "%s%d-".formatted(PREFIX, ProcessHandle.current().pid()))
            .toAbsolutePath());
  }

  private static boolean isAbandoned(Path path) {
    String name = path.getFileName().toString();
    if (!name.matches("\\.trainer-[0-9]{1,18}-[0-9]+")) {
      return false;
    }
    long owner = Long.parseLong(name.substring(PREFIX.length()).replaceFirst("-.*", ""));
    return ProcessHandle.of(owner).isEmpty();
  }

  Path path() {
    return folder;
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  @Override
  public void close() {
    try {
      delete(folder);
    } catch (IOException inUse) {
      System.getLogger(WorkFolder.class.getName())
          .log(System.Logger.Level.WARNING, "files remain in {0}: {1}", folder, inUse.getMessage());
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }
}
