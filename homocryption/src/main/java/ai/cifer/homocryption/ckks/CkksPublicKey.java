package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.rns.RnsPolynomial;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// The public key `(b, a)`, `b = -a·s + e` modulo Q; `a` is the expansion of a seed. Immutable.
public final class CkksPublicKey {
  private final CkksParameters parameters;
  private final KeyId keyId;
  private final RnsPolynomial b;
  private final RnsPolynomial a;
  private final byte[] seed;

  /// @param seed of which `a` is the expansion, 32 bytes
  @SuppressWarnings("exports")
  public CkksPublicKey(
      CkksParameters parameters, KeyId keyId, RnsPolynomial b, RnsPolynomial a, byte[] seed) {
    this.parameters = parameters;
    this.keyId = keyId;
    this.b = b;
    this.a = a;
    this.seed = seed.clone();
  }

  public CkksParameters parameters() {
    return parameters;
  }

  /// The name of the secret key.
  public KeyId keyId() {
    return keyId;
  }

  RnsPolynomial b() {
    return b;
  }

  RnsPolynomial a() {
    return a;
  }

  byte[] seed() {
    return seed.clone();
  }

  /// Writes the public key, half of it as a seed.
  public void write(OutputStream out) throws IOException {
    CkksForms.write(this, out);
  }

  /// Reads a public key.
  ///
  /// @param in left after the form
  /// @throws ai.cifer.homocryption.codec.FormatException if the bytes are not that, or of other
  ///   parameters
  public static CkksPublicKey read(CkksParameters parameters, InputStream in) throws IOException {
    return CkksForms.readPublicKey(parameters, in);
  }

  @Override
  public String toString() {
    return "CkksPublicKey(" + parameters.name() + ", " + keyId + ")";
  }
}
