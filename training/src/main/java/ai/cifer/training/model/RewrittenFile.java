package ai.cifer.training.model;

import ai.cifer.training.data.ReplacedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// A file that is a copy of another with some bytes replaced.
public final class RewrittenFile {

  private RewrittenFile() {}

  /// Replaces bytes of a file.
  @FunctionalInterface
  public interface Change {
    void to(Path draft) throws IOException;
  }

  /// Copies `original` beside `file`, changes the copy and gives it the name.
  public static void write(Path original, Path file, Change change) throws IOException {
    try (ReplacedFile replaced = ReplacedFile.of(file)) {
      Files.copy(original, replaced.draft(), StandardCopyOption.REPLACE_EXISTING);
      if (!replaced.draft().toFile().setWritable(true, true)) {
        throw new IOException("not writable: " + replaced.draft());
      }
      change.to(replaced.draft());
      replaced.commit();
    }
  }
}
