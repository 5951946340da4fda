package ai.cifer.training.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// A folder of files that is a copy of another with some bytes replaced.
final class ReplacedFolder {

  private ReplacedFolder() {}

  /// Replaces bytes of the copies.
  @FunctionalInterface
  interface Change {
    void to(UnaryOperator<Path> copyOf) throws IOException;
  }

  /// Copies files to a folder beside `target`, changes them and gives the folder the name; what
  /// bore it before goes only then.
  ///
  /// @param parts by the names that they have in the folder
  static void write(Map<String, Path> parts, Path target, Change change) throws IOException {
    Path whole = target.toAbsolutePath();
    Path draft = whole.resolveSibling(".%s.part".formatted(whole.getFileName()));
    Path before = whole.resolveSibling(".%s.before".formatted(whole.getFileName()));
    delete(draft);
    Files.createDirectories(draft);
    try {
      for (var part : parts.entrySet()) {
        Files.copy(part.getValue(), draft.resolve(part.getKey()));
      }
      change.to(file -> draft.resolve(file.getFileName()));
      for (Path file : files(draft)) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
      delete(before);
      if (Files.exists(whole)) {
        Files.move(whole, before);
      }
      Files.move(draft, whole);
      delete(before);
    } finally {
      delete(draft);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return new ArrayList<>(all.filter(Files::isRegularFile).sorted().toList());
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      for (Path file : files(folder)) {
        Files.delete(file);
      }
      Files.delete(folder);
    }
  }
}
