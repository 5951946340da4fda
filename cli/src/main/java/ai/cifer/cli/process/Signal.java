package ai.cifer.cli.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A file by whose existence one process tells another that it has come so far.
public final class Signal {

  private static final long POLL_MILLIS = 25;

  private Signal() {}

  /// Renamed when it is whole: whoever waits for the file never reads half a text.
  public static void give(Path file, String text) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.writeString(part, text);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// The text, once it is given.
  public static Optional<String> text(Path file) throws IOException {
    return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
  }

  /// Waits until it is given. Whoever waits must end otherwise if the giver may die.
  public static void await(Path file) throws InterruptedException {
    while (!Files.exists(file)) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }
}
