package ai.cifer.homocryption;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.ParameterDigest;
import ai.cifer.homocryption.format.FrameHeader;
import ai.cifer.homocryption.format.Frames;
import java.io.IOException;
import java.io.InputStream;

/// What a stored key, ciphertext or plaintext says of itself, without its contents: enough to know
/// with what to read it.
///
/// @param kind what it is
/// @param version of the layout of its body
/// @param digest of the parameters, or of the public key, that it belongs to
/// @param bytes of the whole form
public record StoredForm(FormKind kind, int version, ParameterDigest digest, long bytes) {

  /// Reads one form of any kind to its end and checks that no byte was changed; secrets are neither
  /// kept nor returned.
  ///
  /// @param in never read beyond the form
  /// @throws ai.cifer.homocryption.codec.FormatException if the bytes are no form of this library,
  ///   end early or were changed
  public static StoredForm inspect(InputStream in) throws IOException {
    FrameHeader header = Frames.inspect(in);
    return new StoredForm(
        header.kind(), header.version(), header.digest(), Frames.bytes(header.bodyBytes()));
  }
}
