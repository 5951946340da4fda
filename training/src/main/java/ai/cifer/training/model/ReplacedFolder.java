package ai.cifer.training.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// A folder of files that is a copy of another with some bytes replaced.
public final class ReplacedFolder {

  private ReplacedFolder() {}

  /// Replaces bytes of the copies.
  @FunctionalInterface
  public interface Change {
    void to(UnaryOperator<Path> copyOf) throws IOException;
  }

  /// Copies files to a folder beside `target`, changes them and gives the folder the name; what
  /// bore it before goes only then.
  ///
  /// @param parts by the names that they have in the folder, with `/` before those in one of its
  ///   folders
  public static void write(Map<String, Path> parts, Path target, Change change) throws IOException {
    Path whole = target.toAbsolutePath();
    Path draft = whole.resolveSibling(".%s.part".formatted(whole.getFileName()));
    Path before = whole.resolveSibling(".%s.before".formatted(whole.getFileName()));
    delete(draft);
    Files.createDirectories(draft);
    try {
      Map<Path, Path> copies = new HashMap<>();
      for (var part : parts.entrySet()) {
        Path copy = draft.resolve(part.getKey());
        Files.createDirectories(copy.resolveSibling("."));
        Files.copy(part.getValue(), copy);
        copies.put(part.getValue().toAbsolutePath(), copy);
      }
      change.to(file -> Objects.requireNonNull(copies.get(file.toAbsolutePath())));
      for (Path file : copies.values()) {
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

  private static void delete(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }
}
