package ai.cifer.training.data;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A file that is written beside its name and takes the name only when it is complete, so that a
/// half-written file never bears it, whatever stops the process.
public final class ReplacedFile implements AutoCloseable {

  private final Path target;
  private final Path draft;

  private ReplacedFile(Path target, Path draft) {
    this.target = target;
    this.draft = draft;
  }

  /// Creates the draft, and the folder when it is missing.
  public static ReplacedFile of(Path target) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("a folder cannot be written as a file: " + target);
    }
    Files.createDirectories(folder);
    // Not createTempFile: what it makes is readable by its owner alone, and so would the target be.
    String unique =
        "%x-%x".formatted(ProcessHandle.current().pid(), System.nanoTime() & 0xffffffffffL);
    Path draft = folder.resolve(".%s.%s.part".formatted(target.getFileName(), unique));
    return new ReplacedFile(target, Files.createFile(draft));
  }

  /// Writes a whole file.
  public static void write(Path target, byte[] bytes) throws IOException {
    try (ReplacedFile file = of(target)) {
      Files.write(file.draft(), bytes);
      file.commit();
    }
  }

  /// Where to write until [#commit()].
  public Path draft() {
    return draft;
  }

  /// Makes the draft durable and gives it the name; replaces what bore it before.
  public void commit() throws IOException {
    try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    try {
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException unsupported) {
      Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /// Deletes the draft unless it was committed.
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(draft);
  }
}
