package ai.cifer.homocryption.format;

import java.io.IOException;

/// Reads the body of one form. From a buffer it is called only if the checksum matches. From a
/// stream its result reaches the caller only after the checksum matched, and is closed if it does
/// not match and can be closed.
@FunctionalInterface
public interface FrameDecoder<T> {
  /// Reads the whole body and checks every value of it.
  ///
  /// What it throws reaches the caller if the checksum matches; an `IllegalArgumentException` or
  /// `ArithmeticException` becomes `FormatException.Malformed`.
  ///
  /// @throws ai.cifer.homocryption.codec.FormatException if a value is impossible
  T read(FrameReader in) throws IOException;
}
