package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.codec.SecretKeyAccess;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/// The secret polynomial `s`. Who has it can decrypt everything under its [KeyId].
///
/// [#close()] overwrites it. Not covered: copies made by the garbage collector before, crash dumps
/// and swap.
public final class CkksSecretKey implements AutoCloseable {
  private final CkksParameters parameters;
  private final KeyId keyId;
  private final byte[] coefficients;
  private final RnsPolynomial transformed;
  private boolean closed;

  /// @param coefficients N of them, each in [-128, 127]; copied
  CkksSecretKey(CkksParameters parameters, KeyId keyId, double[] coefficients) {
    this.parameters = parameters;
    this.keyId = keyId;
    this.coefficients = new byte[coefficients.length];
    RnsRing ring = parameters.ring();
    double[][] rows = new double[ring.primes()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = coefficients.clone();
      ring.kernel(i).forward(rows[i]);
    }
    for (int j = 0; j < coefficients.length; j++) {
      this.coefficients[j] = (byte) coefficients[j];
    }
    this.transformed = new RnsPolynomial(rows, true);
  }

  public CkksParameters parameters() {
    return parameters;
  }

  /// The key's public name.
  public KeyId keyId() {
    return keyId;
  }

  /// s modulo QP, transformed; not a copy.
  ///
  /// @throws IllegalStateException if the key is closed
  synchronized RnsPolynomial transformed() {
    requireOpen();
    return transformed;
  }

  /// A copy of the coefficients; the caller overwrites it.
  synchronized byte[] coefficients() {
    requireOpen();
    return coefficients.clone();
  }

  /// Refuses what was computed while [#close()] overwrote the rows: with a secret of zeros, an
  /// encryption shows its message.
  synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("secret key: closed (expected: open)");
    }
  }

  /// Writes the secret key. The bytes are not encrypted: see [SecretKeyAccess].
  public void write(SecretKeyAccess access, OutputStream out) throws IOException {
    CkksForms.write(access, this, out);
  }

  /// Reads a secret key, to the end of the stream; the caller closes it.
  ///
  /// @throws ai.cifer.homocryption.codec.FormatException if the bytes are not that, or of other
  ///   parameters
  public static CkksSecretKey read(
      SecretKeyAccess access, CkksParameters parameters, InputStream in) throws IOException {
    return CkksForms.readSecretKey(access, parameters, in);
  }

  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(coefficients, (byte) 0);
    transformed.clear();
  }

  /// Names the parameters and the key's public name only.
  @Override
  public String toString() {
    return "CkksSecretKey(" + parameters.name() + ", " + keyId + ")";
  }
}
