package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.rns.RnsPolynomial;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An encrypted vector: polynomials `c_0, c_1` (and `c_2` between a multiplication and its
/// relinearization) with `c_0 + c_1·s + c_2·s² ≈ scale·m`. Immutable.
public final class CkksCiphertext {
  private final CkksParameters parameters;
  private final KeyId keyId;
  private final List<RnsPolynomial> polynomials;
  private final int level;
  private final double scale;
  private final byte @Nullable [] seed;

  /// @param polynomials two or three, transformed, with the primes of the level; given away
  /// @throws TransparentCiphertext if all but the first are zero
  @SuppressWarnings("exports")
  public CkksCiphertext(
      CkksParameters parameters,
      KeyId keyId,
      List<RnsPolynomial> polynomials,
      int level,
      double scale) {
    this(parameters, keyId, polynomials, level, scale, null);
  }

  /// @param seed of which `c_1` is the expansion, or null
  CkksCiphertext(
      CkksParameters parameters,
      KeyId keyId,
      List<RnsPolynomial> polynomials,
      int level,
      double scale,
      byte @Nullable [] seed) {
    Require.range("polynomials", polynomials.size(), 2, 3);
    for (RnsPolynomial polynomial : polynomials) {
      Require.primes(polynomial.size(), parameters, level);
    }
    Require.scale(scale);
    if (polynomials.stream().skip(1).allMatch(RnsPolynomial::isZero)) {
      throw new TransparentCiphertext(
          "ciphertext: transparent, its message is readable by everybody (expected: c_1 other than"
              + " 0); it comes from subtracting a ciphertext from itself, from multiplying by zero,"
              + " or from a forged file: encrypt a fresh zero instead");
    }
    this.parameters = parameters;
    this.keyId = keyId;
    this.polynomials = List.copyOf(polynomials);
    this.level = level;
    this.scale = scale;
    this.seed = seed;
  }

  public CkksParameters parameters() {
    return parameters;
  }

  /// The key that it is encrypted under.
  public KeyId keyId() {
    return keyId;
  }

  /// How often it can be rescaled.
  public int level() {
    return level;
  }

  /// What the numbers are multiplied by.
  public double scale() {
    return scale;
  }

  /// 2, or 3 before relinearization.
  public int size() {
    return polynomials.size();
  }

  /// Whether `c_1` is the expansion of a seed, so that the stored form needs half the bytes.
  public boolean isSeeded() {
    return seed != null;
  }

  /// The seed of `c_1`, or null.
  byte @Nullable [] seed() {
    return seed == null ? null : seed.clone();
  }

  /// Polynomial `c_index`; not a copy.
  @SuppressWarnings("exports")
  public RnsPolynomial polynomial(int index) {
    return polynomials.get(index);
  }

  /// Bytes of the written form of any ciphertext that was encrypted under a public key.
  public static long bytes(CkksParameters parameters, int level) {
    return CkksForms.bytes(parameters, level);
  }

  /// Bytes of the written form.
  public long bytes() {
    return CkksForms.bytes(this);
  }

  /// Writes the ciphertext; a seed stands for `c_1` where there is one.
  public void write(OutputStream out) throws IOException {
    CkksForms.write(this, out);
  }

  /// Reads a ciphertext.
  ///
  /// @param in left after the form
  /// @throws ai.cifer.homocryption.codec.FormatException if the bytes are not that, or of other
  ///   parameters
  public static CkksCiphertext read(CkksParameters parameters, InputStream in) throws IOException {
    return CkksForms.readCiphertext(parameters, in);
  }

  @Override
  public String toString() {
    return "CkksCiphertext("
        + parameters.name()
        + ", key "
        + keyId
        + ", level "
        + level
        + ", scale 2^"
        + String.format(java.util.Locale.ROOT, "%.3f", Math.log(scale) / Math.log(2))
        + (size() == 3 ? ", not relinearized" : "")
        + ")";
  }
}
