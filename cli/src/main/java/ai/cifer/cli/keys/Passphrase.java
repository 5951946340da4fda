package ai.cifer.cli.keys;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// The bytes of a passphrase, zeroed at the end. It comes from a terminal or a file, never from the
/// command line, which every user of a machine can read.
public final class Passphrase implements AutoCloseable {

  /// Fewest bytes of a new one.
  static final int LEAST_BYTES = 8;

  private static final int MOST_BYTES = 1024;

  private final byte[] utf8;

  private Passphrase(byte[] utf8) {
    this.utf8 = utf8;
  }

  /// The text of a file up to its first line break.
  ///
  /// @throws CommandFailed if the file is missing, empty or longer than a passphrase
  static Passphrase ofFile(Path file) throws CommandFailed, IOException {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "--passphrase-file %s: %s (expected: a file whose first line is the passphrase)"
              .formatted(file, Files.exists(file) ? "not readable" : "not found"));
    }
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 2);
    }
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
      end++;
    }
    Passphrase passphrase = new Passphrase(Arrays.copyOf(bytes, end));
    Arrays.fill(bytes, (byte) 0);
    if (end == 0 || end > MOST_BYTES) {
      passphrase.close();
      throw new CommandFailed(
          ExitCode.USAGE,
          "--passphrase-file %s: %s (expected: a first line of 1 to %d bytes)"
              .formatted(file, end == 0 ? "empty first line" : "too long", MOST_BYTES));
    }
    return passphrase;
  }

  /// What was typed; the characters are zeroed.
  @SuppressWarnings("ByteBufferBackingArray") // what encode makes begins at 0 of its own array
  static Passphrase ofTyped(char[] typed) {
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(typed));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    Arrays.fill(encoded.array(), (byte) 0);
    Arrays.fill(typed, '\0');
    return new Passphrase(bytes);
  }

  /// @throws CommandFailed if it is too short to protect a key
  Passphrase requireLong() throws CommandFailed {
    if (utf8.length < LEAST_BYTES) {
      int length = utf8.length;
      close();
      throw new CommandFailed(
          ExitCode.USAGE,
          "passphrase: %d bytes (expected: at least %d; several words are easy to remember)"
              .formatted(length, LEAST_BYTES));
    }
    return this;
  }

  boolean sameAs(Passphrase other) {
    return Arrays.equals(utf8, other.utf8);
  }

  /// Not a copy.
  byte[] bytes() {
    return utf8;
  }

  @Override
  public void close() {
    Arrays.fill(utf8, (byte) 0);
  }

  @Override
  public String toString() {
    return "Passphrase";
  }
}
