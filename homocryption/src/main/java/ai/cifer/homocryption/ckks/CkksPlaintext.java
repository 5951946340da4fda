package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.rns.RnsPolynomial;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// An encoded vector: a polynomial whose values at the slots' roots are the numbers times the
/// scale. Immutable.
public final class CkksPlaintext {
  private final CkksParameters parameters;
  private final RnsPolynomial polynomial;
  private final int level;
  private final double scale;

  /// @param polynomial transformed, with the primes of the level; given away
  @SuppressWarnings("exports")
  public CkksPlaintext(
      CkksParameters parameters, RnsPolynomial polynomial, int level, double scale) {
    Require.primes(polynomial.size(), parameters, level);
    Require.scale(scale);
    this.parameters = parameters;
    this.polynomial = polynomial;
    this.level = level;
    this.scale = scale;
  }

  public CkksParameters parameters() {
    return parameters;
  }

  /// 0 to depth.
  public int level() {
    return level;
  }

  /// What the numbers were multiplied by.
  public double scale() {
    return scale;
  }

  /// The polynomial; not a copy.
  @SuppressWarnings("exports")
  public RnsPolynomial polynomial() {
    return polynomial;
  }

  /// Writes the plaintext.
  public void write(OutputStream out) throws IOException {
    CkksForms.write(this, out);
  }

  /// Reads a plaintext.
  ///
  /// @param in left after the form
  /// @throws ai.cifer.homocryption.codec.FormatException if the bytes are not that, or of other
  ///   parameters
  public static CkksPlaintext read(CkksParameters parameters, InputStream in) throws IOException {
    return CkksForms.readPlaintext(parameters, in);
  }

  /// Names the parameters, never the contents.
  @Override
  public String toString() {
    return "CkksPlaintext(" + parameters.name() + ", level " + level + ")";
  }
}
