package ai.cifer.homocryption.rns;

import java.math.BigInteger;
import java.util.Arrays;

/// Division by the product D of consecutive primes, rounded to nearest: `⌊x/D⌉` modulo the primes
/// that remain.
///
/// `r = x mod D`, centred, is converted to each remaining prime; `(x - r)/D` is exact. Where the
/// conversion picks a neighbour (see [BaseConversion]) the result is off by one.
final class PrimeDivision {
  private final RnsRing ring;
  private final BaseConversion conversion;

  /// `D^-1 mod t`, centred.
  private final double[] inverse;

  /// @param from the first dropped prime
  /// @param to after the last dropped prime
  PrimeDivision(RnsRing ring, int from, int to) {
    this.ring = ring;
    this.conversion = new BaseConversion(ring, from, to);
    BigInteger divisor = ring.product(from, to);
    this.inverse = new double[ring.primes()];
    for (int t = 0; t < inverse.length; t++) {
      if (!conversion.contains(t)) {
        inverse[t] = ring.inverse(divisor, t);
      }
    }
  }

  /// Number of dropped primes.
  int dropped() {
    return conversion.to() - conversion.from();
  }

  /// The remainder r as digits that can be converted to any prime.
  ///
  /// Cost: one inverse transform for each dropped prime.
  ///
  /// @param rows the dropped rows, transformed; overwritten, and used by the result
  double[][] remainder(double[][] rows, Rows run) {
    double[][] digits = Arrays.copyOf(rows, conversion.digits());
    for (int i = rows.length; i < digits.length; i++) {
      digits[i] = ring.buffers().take();
    }
    run.each(rows.length, i -> ring.kernel(conversion.from() + i).inverse(digits[i]));
    conversion.prepare(digits);
    return digits;
  }

  /// The remainder modulo a remaining prime, transformed; the quotient is `(x - out)·inverse(t)`.
  void remainderRow(double[][] remainder, int t, double[] out) {
    conversion.convert(remainder, t, out);
    ring.kernel(t).forward(out);
  }

  /// `D^-1 mod t`, centred.
  double inverse(int t) {
    return inverse[t];
  }
}
