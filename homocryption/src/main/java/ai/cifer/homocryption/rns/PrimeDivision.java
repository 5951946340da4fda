package ai.cifer.homocryption.rns;

import java.math.BigInteger;

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

  /// What is done with a quotient's row: written, added to, moved.
  @FunctionalInterface
  interface Finish {
    /// @param numerator row t of what is divided
    /// @param remainder its remainder, transformed; may be overwritten
    void row(int t, double[] numerator, double[] remainder, double inverse);
  }

  /// Divides and rounds.
  ///
  /// Cost: one inverse transform for each dropped prime, one transform for each remaining one.
  ///
  /// @param rows the remaining rows, modulo `q_0 …`, not modified, then the dropped ones, which
  ///     are overwritten
  /// @param remaining number of the remaining rows
  /// @param finish gets every remaining row: the quotient is `(numerator - remainder)·inverse`
  void divide(double[][] rows, int remaining, Finish finish, Rows run) {
    int dropped = conversion.to() - conversion.from();
    double[][] digits = new double[conversion.digits()][];
    for (int i = 0; i < dropped; i++) {
      digits[i] = rows[remaining + i];
    }
    if (digits.length > dropped) {
      digits[dropped] = ring.buffers().take();
    }
    run.each(dropped, i -> ring.kernel(conversion.from() + i).inverse(digits[i]));
    conversion.prepare(digits);
    run.each(
        remaining,
        t -> {
          double[] remainder = ring.buffers().take();
          conversion.convert(digits, t, remainder);
          ring.kernel(t).forward(remainder);
          finish.row(t, rows[t], remainder, inverse[t]);
          ring.buffers().give(remainder);
        });
    if (digits.length > dropped) {
      ring.buffers().give(digits[dropped]);
    }
  }
}
