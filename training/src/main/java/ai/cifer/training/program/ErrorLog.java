package ai.cifer.training.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What a program writes to its standard error: in a file of bounded size, and its last words in
/// memory for messages.
///
/// When the file has [#MOST_BYTES] it becomes `NAME.1` and a new one begins, so that the newest
/// lines are always there.
final class ErrorLog {

  static final long MOST_BYTES = 8L << 20;

  /// Whoever wrote the program may print rows of the data.
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private static final int LAST_BYTES = 2000;
  private static final int LAST_LINES = 12;

  private final Path file;
  private final InputStream in;
  private final Thread pump;
  private byte[] last = {};

  private ErrorLog(Path file, InputStream in) {
    this.file = file;
    this.in = in;
    this.pump = Thread.ofPlatform().daemon().name("trainer-log").unstarted(this::pump);
  }

  static ErrorLog of(Path file, InputStream in) {
    ErrorLog log = new ErrorLog(file, in);
    log.pump.start();
    return log;
  }

  /// The program's last lines, once it has ended or the limit is over; empty if it wrote none.
  String lastWords(Duration limit) throws InterruptedException {
    pump.join(limit);
    String text;
    synchronized (this) {
      text = new String(last, StandardCharsets.UTF_8);
    }
    List<String> lines = text.strip().lines().toList();
    return text.isBlank()
        ? ""
        : lines.stream()
            .skip(Math.max(0, lines.size() - LAST_LINES))
            .map(line -> "\n  " + Excerpt.of(line))
            .collect(Collectors.joining());
  }

  /// Waits until all is written that a program left behind.
  void awaitEnd(Duration limit) {
    try {
      boolean _ = pump.join(limit);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void pump() {
    try {
      copy();
    } catch (IOException unwritable) {
      System.getLogger(ErrorLog.class.getName())
          .log(System.Logger.Level.WARNING, "{0}: {1}", file, unwritable.getMessage());
      drain();
    }
  }

  private void copy() throws IOException {
    byte[] chunk = new byte[8192];
    OutputStream out = open();
    try {
      long written = Files.size(file);
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        remember(chunk, count);
        if (written + count > MOST_BYTES) {
          out.close();
          Files.move(
              file,
              file.resolveSibling(file.getFileName() + ".1"),
              StandardCopyOption.REPLACE_EXISTING);
          out = open();
          written = 0;
        }
        out.write(chunk, 0, count);
        written += count;
      }
    } finally {
      out.close();
    }
  }

  /// A program whose standard error nobody reads would stand still.
  private void drain() {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException ended) {
      System.getLogger(ErrorLog.class.getName())
          .log(System.Logger.Level.DEBUG, "standard error of the trainer", ended);
    }
  }

  private OutputStream open() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    PosixFileAttributeView existing =
        Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (existing == null) {
      return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    if (Files.exists(file)) {
      existing.setPermissions(OWNER_ONLY);
    }
    return Channels.newOutputStream(
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(OWNER_ONLY)));
  }

  private synchronized void remember(byte[] chunk, int count) {
    int kept = Math.min(last.length, Math.max(0, LAST_BYTES - count));
    int added = Math.min(count, LAST_BYTES);
    byte[] words = new byte[kept + added];
    System.arraycopy(last, last.length - kept, words, 0, kept);
    System.arraycopy(chunk, count - added, words, kept, added);
    last = words;
  }
}
