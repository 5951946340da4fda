package ai.cifer.homocryption.rns;

import ai.cifer.homocryption.kernel.PrimeKernel;
import java.math.BigInteger;

/// From residues to the centred integers that they stand for, as doubles of 53 bits.
///
/// Garner's mixed radix with centred digits, `x = d_0 + q_0·(d_1 + q_1·(d_2 + …))`. Decrypted
/// values need far fewer bits than Q has, so two digits are taken first and checked against all
/// other residues; by the Chinese remainder theorem a match proves them. Only where one differs are
/// all digits computed.
///
/// Error: every step of the sum in doubles has the relative error 2^-53, and no digit cancels more
/// than half of what stands above it, so the relative error is below `k·2^-51`.
public final class RnsLift {
  private static final int FIRST = 2;

  private final RnsRing ring;

  /// `inverse[i][j] = q_j^-1 mod q_i`, centred, j < i.
  private final double[][] inverse;

  public RnsLift(RnsRing ring) {
    this.ring = ring;
    this.inverse = new double[ring.ciphertextPrimes()][];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = new double[i];
      for (int j = 0; j < i; j++) {
        inverse[i][j] = ring.inverse(BigInteger.valueOf(ring.prime(j)), i);
      }
    }
  }

  /// Lifts the coefficients of a polynomial.
  ///
  /// @param a transformed, modulo `q_0 …`; not modified
  /// @param out N coefficients
  public void lift(RnsPolynomial a, double[] out) {
    int primes = a.size();
    double[][] rows = ring.buffers().take(primes);
    try {
      for (int i = 0; i < primes; i++) {
        System.arraycopy(a.row(i), 0, rows[i], 0, ring.degree());
        ring.kernel(i).inverse(rows[i]);
      }
      int digits = Math.min(FIRST, primes);
      garner(rows, 0, digits);
      if (!confirmed(rows, digits)) {
        garner(rows, digits, primes);
        digits = primes;
      }
      sum(rows, digits, out);
    } finally {
      for (double[] row : rows) {
        ring.buffers().giveCleared(row);
      }
    }
  }

  /// Turns the residues of rows `[from, to)` into digits; those below `from` are digits already.
  private void garner(double[][] rows, int from, int to) {
    for (int i = from; i < to; i++) {
      PrimeKernel kernel = ring.kernel(i);
      double[] digit = ring.buffers().take();
      for (int j = 0; j < i; j++) {
        kernel.reduce(rows[j], digit);
        ring.fused(i).subtractAndScale(rows[i], digit, inverse[i][j], rows[i]);
      }
      ring.buffers().giveCleared(digit);
    }
  }

  /// Whether the integer of the first digits has the residues of all other rows.
  private boolean confirmed(double[][] rows, int digits) {
    if (digits == rows.length) {
      return true;
    }
    double[] residue = ring.buffers().take();
    double difference = 0;
    for (int i = digits; i < rows.length && difference == 0; i++) {
      PrimeKernel kernel = ring.kernel(i);
      kernel.reduce(rows[0], residue);
      kernel.multiplyAdd(rows[1], ring.constant(BigInteger.valueOf(ring.prime(0)), i), residue);
      for (int j = 0; j < residue.length; j++) {
        difference += Math.abs(residue[j] - rows[i][j]);
      }
    }
    ring.buffers().giveCleared(residue);
    return difference == 0;
  }

  private void sum(double[][] digits, int count, double[] out) {
    System.arraycopy(digits[count - 1], 0, out, 0, out.length);
    for (int i = count - 2; i >= 0; i--) {
      double prime = ring.prime(i);
      double[] digit = digits[i];
      for (int j = 0; j < out.length; j++) {
        out[j] = Math.fma(out[j], prime, digit[j]);
      }
    }
  }
}
