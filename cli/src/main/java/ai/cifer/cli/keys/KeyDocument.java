package ai.cifer.cli.keys;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.paillier.PaillierException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/// A key file, as people and programs are told of it; no secret is in it.
///
/// @param kind for example `CKKS public key`
/// @param secret whether it decrypts
/// @param parameters by name, in the order in which they are shown
/// @param digest of the parameters (CKKS) or of the public key (Paillier), hexadecimal; files with
///   the same one belong together
/// @param protection of a secret key
/// @param bytes of the file
public record KeyDocument(
    String file,
    String kind,
    boolean secret,
    Map<String, Object> parameters,
    String digest,
    Optional<Security> security,
    Optional<String> protection,
    long bytes) {

  /// How much work breaks it, and who says so.
  ///
  /// @param bits log2 of the operations
  public record Security(int bits, String source) {}

  /// Describes a file whose checksums matched.
  public static KeyDocument of(Path file, KeyStore.Inspection inspection)
      throws CommandFailed, IOException {
    try {
      KeyParameters parameters = KeyParameters.of(file, inspection.form());
      return new KeyDocument(
          file.toString(),
          inspection.form().kind().title(),
          inspection.form().kind().secret(),
          parameters.named(),
          HexFormat.of().formatHex(inspection.form().digest().bytes()),
          parameters.security(),
          inspection.protection(),
          inspection.bytes());
    } catch (FormatException refused) {
      throw KeyStore.refused(file, refused);
    } catch (PaillierException refused) {
      throw KeyStore.invalid(file, refused);
    }
  }
}
