package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.FmaArithmetic.centre;
import static ai.cifer.homocryption.kernel.FmaArithmetic.multiply;

/// What [PrimeKernel] does one step at a time, several steps in one pass over memory: these loops
/// wait for loads and stores, not for arithmetic.
///
/// All residues are centred, as there. The loops have the shape that C2 turns into vector code by
/// itself: a counted loop, one index, no branch. Immutable; thread-safe; no method allocates.
///
/// A product is at most `(1/2 + |a|·2^-53)·p`, so for centred or foreign residues (`|a| < 2^50`) at
/// most 5/8 p, and every sum below stays within the `4p` and the 2^51 that [FmaArithmetic#centre]
/// takes.
public final class FusedKernel {
  /// Elements of two sums that fill half of a first-level cache of 32 KiB.
  private static final int TILE = 1024;

  private final double prime;
  private final double negatedInverse;

  /// @param prime odd, below 2^50
  public FusedKernel(long prime) {
    this.prime = (double) prime;
    this.negatedInverse = -1 / (double) prime;
  }

  /// `sum0 = Σ x_k·b_k`, `sum1 = Σ x_k·a_k`: the inner product of digits with a switching key.
  ///
  /// The keys come from memory once; a tile of the sums stays in the first-level cache, and is
  /// centred after every second product only: `1/2 + 2·5/8 < 2`.
  ///
  /// @param x `count` digits
  /// @param b as many first halves
  /// @param a as many second halves
  public void innerProducts(
      double[][] x, double[][] b, double[][] a, int count, double[] sum0, double[] sum1) {
    int length = sum0.length;
    for (int from = 0; from < length; from += TILE) {
      int to = Math.min(length, from + TILE);
      int k = count & 1;
      if (k == 1) {
        multiplyPair(x[0], b[0], a[0], sum0, sum1, from, to);
      } else {
        multiplyPairs(x[0], b[0], a[0], x[1], b[1], a[1], sum0, sum1, from, to);
        k = 2;
      }
      for (; k < count; k += 2) {
        multiplyAddPairs(
            x[k], b[k], a[k], x[k + 1], b[k + 1], a[k + 1], sum0, sum1, from, to);
      }
    }
  }

  private void multiplyPair(
      double[] x, double[] b, double[] a, double[] sum0, double[] sum1, int from, int to) {
    double p = prime;
    double n = negatedInverse;
    for (int j = from; j < to; j++) {
      double v = x[j];
      sum0[j] = centre(multiply(v, b[j], p, n), p, n);
      sum1[j] = centre(multiply(v, a[j], p, n), p, n);
    }
  }

  private void multiplyPairs(
      double[] x,
      double[] b,
      double[] a,
      double[] y,
      double[] d,
      double[] c,
      double[] sum0,
      double[] sum1,
      int from,
      int to) {
    double p = prime;
    double n = negatedInverse;
    for (int j = from; j < to; j++) {
      double v = x[j];
      double w = y[j];
      sum0[j] = centre(multiply(v, b[j], p, n) + multiply(w, d[j], p, n), p, n);
      sum1[j] = centre(multiply(v, a[j], p, n) + multiply(w, c[j], p, n), p, n);
    }
  }

  private void multiplyAddPairs(
      double[] x,
      double[] b,
      double[] a,
      double[] y,
      double[] d,
      double[] c,
      double[] sum0,
      double[] sum1,
      int from,
      int to) {
    double p = prime;
    double n = negatedInverse;
    for (int j = from; j < to; j++) {
      double v = x[j];
      double w = y[j];
      sum0[j] = centre(sum0[j] + (multiply(v, b[j], p, n) + multiply(w, d[j], p, n)), p, n);
      sum1[j] = centre(sum1[j] + (multiply(v, a[j], p, n) + multiply(w, c[j], p, n)), p, n);
    }
  }

  /// `out = (a - b)·factor + c`.
  public void subtractScaleAndAdd(
      double[] a, double[] b, double factor, double[] c, double[] out) {
    double p = prime;
    double n = negatedInverse;
    for (int j = 0; j < out.length; j++) {
      out[j] = centre(multiply(a[j] - b[j], factor, p, n) + c[j], p, n);
    }
  }

  /// `out = (a - b)·factor`.
  public void subtractAndScale(double[] a, double[] b, double factor, double[] out) {
    double p = prime;
    double n = negatedInverse;
    for (int j = 0; j < out.length; j++) {
      out[j] = centre(multiply(a[j] - b[j], factor, p, n), p, n);
    }
  }

  /// `out = a·b + c`.
  public void multiplyAndAdd(double[] a, double[] b, double[] c, double[] out) {
    double p = prime;
    double n = negatedInverse;
    for (int j = 0; j < out.length; j++) {
      out[j] = centre(multiply(a[j], b[j], p, n) + c[j], p, n);
    }
  }

  /// The three polynomials of `(a0 + a1·s)·(b0 + b1·s)`.
  public void tensor(
      double[] a0,
      double[] a1,
      double[] b0,
      double[] b1,
      double[] out0,
      double[] out1,
      double[] out2) {
    double p = prime;
    double n = negatedInverse;
    for (int j = 0; j < out0.length; j++) {
      double x0 = a0[j];
      double x1 = a1[j];
      double y0 = b0[j];
      double y1 = b1[j];
      out0[j] = centre(multiply(x0, y0, p, n), p, n);
      out1[j] = centre(multiply(x0, y1, p, n) + multiply(x1, y0, p, n), p, n);
      out2[j] = centre(multiply(x1, y1, p, n), p, n);
    }
  }

  /// The three polynomials of `(a0 + a1·s)²`.
  public void square(double[] a0, double[] a1, double[] out0, double[] out1, double[] out2) {
    double p = prime;
    double n = negatedInverse;
    for (int j = 0; j < out0.length; j++) {
      double x0 = a0[j];
      double x1 = a1[j];
      out0[j] = centre(multiply(x0, x0, p, n), p, n);
      out1[j] = centre(2 * multiply(x0, x1, p, n), p, n);
      out2[j] = centre(multiply(x1, x1, p, n), p, n);
    }
  }

  /// `out = Σ_i digits[i]·factors[i]`, a base conversion.
  ///
  /// @param digits residues of any primes, `|digit| < 2^50`
  /// @param count 2 or more of them
  /// @param factors centred
  public void combine(double[][] digits, int count, double[] factors, double[] out) {
    combine(digits[0], factors[0], digits[1], factors[1], out);
    int i = 2;
    for (; i + 1 < count; i += 2) {
      combineInto(digits[i], factors[i], digits[i + 1], factors[i + 1], out);
    }
    if (i < count) {
      combineInto(digits[i], factors[i], out);
    }
  }

  private void combine(double[] a, double x, double[] b, double y, double[] out) {
    double p = prime;
    double n = negatedInverse;
    for (int j = 0; j < out.length; j++) {
      out[j] = centre(multiply(a[j], x, p, n) + multiply(b[j], y, p, n), p, n);
    }
  }

  private void combineInto(double[] a, double x, double[] b, double y, double[] out) {
    double p = prime;
    double n = negatedInverse;
    for (int j = 0; j < out.length; j++) {
      out[j] = centre(out[j] + multiply(a[j], x, p, n) + multiply(b[j], y, p, n), p, n);
    }
  }

  private void combineInto(double[] a, double x, double[] out) {
    double p = prime;
    double n = negatedInverse;
    for (int j = 0; j < out.length; j++) {
      out[j] = centre(out[j] + multiply(a[j], x, p, n), p, n);
    }
  }
}
