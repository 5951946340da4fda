package ai.cifer.homocryption.codec;

/// Bytes that are not what was expected; the nested class names the fact. Every message says the
/// fact, the value, the expectation and the cure, and never shows content.
///
/// A failure of the stream itself stays a `java.io.IOException`.
public abstract sealed class FormatException extends RuntimeException {
  FormatException(String message) {
    super(message);
  }

  /// The bytes do not begin as a form of this library does.
  public static final class UnknownMagic extends FormatException {
    /// @param message fact, value, expectation, cure
    public UnknownMagic(String message) {
      super(message);
    }
  }

  /// A form of this library, of another kind.
  public static final class WrongKind extends FormatException {
    /// @param message fact, value, expectation, cure
    public WrongKind(String message) {
      super(message);
    }
  }

  /// A version that this release does not know.
  public static final class FutureVersion extends FormatException {
    /// @param message fact, value, expectation, cure
    public FutureVersion(String message) {
      super(message);
    }
  }

  /// A form made under other parameters or another key.
  public static final class WrongParameters extends FormatException {
    /// @param message fact, value, expectation, cure
    public WrongParameters(String message) {
      super(message);
    }
  }

  /// A length that no valid form has; found before anything is allocated.
  public static final class WrongLength extends FormatException {
    /// @param message fact, value, expectation, cure
    public WrongLength(String message) {
      super(message);
    }
  }

  /// The bytes end before the form does.
  public static final class Truncated extends FormatException {
    /// @param message fact, value, expectation, cure
    public Truncated(String message) {
      super(message);
    }
  }

  /// Bytes follow where the form ends.
  public static final class TrailingBytes extends FormatException {
    /// @param message fact, value, expectation, cure
    public TrailingBytes(String message) {
      super(message);
    }
  }

  /// A checksum does not match: bytes were changed.
  public static final class Corrupted extends FormatException {
    /// @param message fact, value, expectation, cure
    public Corrupted(String message) {
      super(message);
    }
  }

  /// The checksums match and a value is impossible: a residue at or above its prime, a level out of
  /// range, a key that no generator makes.
  public static final class Malformed extends FormatException {
    /// @param message fact, value, expectation, cure
    public Malformed(String message) {
      super(message);
    }
  }
}
