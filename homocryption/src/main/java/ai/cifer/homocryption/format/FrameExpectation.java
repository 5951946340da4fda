package ai.cifer.homocryption.format;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.ParameterDigest;
import org.jspecify.annotations.Nullable;

/// What a reader accepts.
///
/// @param newestVersion 1 to 65535; a newer one is refused
/// @param digest null where the form itself brings the parameters: its decoder then compares
///   [FrameHeader#digest()] with what it read
/// @param leastBytes of the body
/// @param mostBytes of the body; a longer one is refused before anything is allocated
public record FrameExpectation(
    FormKind kind,
    int newestVersion,
    @Nullable ParameterDigest digest,
    long leastBytes,
    long mostBytes) {

  /// A form whose length follows from its parameters.
  public static FrameExpectation exactly(
      FormKind kind, int newestVersion, ParameterDigest digest, long bodyBytes) {
    return new FrameExpectation(kind, newestVersion, digest, bodyBytes, bodyBytes);
  }
}
