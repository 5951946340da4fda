package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.rns.RnsPolynomial;

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

  @Override
  public String toString() {
    return "CkksPublicKey(" + parameters.name() + ", " + keyId + ")";
  }
}
