package ai.cifer.secagg.share;

import java.util.Arrays;

/// Vectors over the field of p = 2^31 - 1 elements, in loops that the JVM turns into vector
/// instructions by itself: no branch, one operation on longs a step, reduction put off as long as
/// 63 bits allow.
///
/// Results are canonical, in [0, p), so that they do not depend on how they are computed. Nothing
/// branches on a value.
final class FieldVectors {
  private static final int P = Shamir.PRIME;

  /// Values that are computed together: 8 KiB of longs stay in the first-level cache.
  private static final int TILE = 1024;

  /// A fold leaves less than 2^33 of any value below 2^63; a step with a factor of n bits adds n to
  /// that, and the addend less than one: `(62 - 33) / n` steps stay below 2^63.
  private static final int SPARE_BITS = 29;

  private FieldVectors() {}

  /// The values at `x` of many polynomials, by Horner's scheme.
  ///
  /// @param coefficients from the constant ones on, `[degree][polynomial]`, in [0, p)
  /// @param x in [1, 2^29)
  static int[] evaluate(int[][] coefficients, int x) {
    int steps = SPARE_BITS / (Integer.SIZE - Integer.numberOfLeadingZeros(x));
    int last = coefficients.length - 1;
    int[] out = new int[coefficients[0].length];
    long[] values = new long[TILE];
    for (int from = 0; from < out.length; from += TILE) {
      int count = Math.min(TILE, out.length - from);
      load(coefficients[last], from, values, count);
      for (int degree = last - 1; degree >= 0; degree--) {
        step(values, x, coefficients[degree], from, count);
        if ((last - degree) % steps == 0) {
          fold(values, count);
        }
      }
      reduce(values, out, from, count);
    }
    Arrays.fill(values, 0);
    return out;
  }

  private static void load(int[] in, int from, long[] values, int count) {
    for (int k = 0; k < count; k++) {
      values[k] = in[from + k];
    }
  }

  private static void step(long[] values, long x, int[] addend, int from, int count) {
    for (int k = 0; k < count; k++) {
      values[k] = values[k] * x + addend[from + k];
    }
  }

  /// 2^31 is 1 mod p.
  private static void fold(long[] values, int count) {
    for (int k = 0; k < count; k++) {
      values[k] = (values[k] & P) + (values[k] >>> 31);
    }
  }

  /// Two folds leave at most p + 3, one masked subtraction [0, p).
  private static void reduce(long[] values, int[] out, int from, int count) {
    fold(values, count);
    for (int k = 0; k < count; k++) {
      long folded = (values[k] & P) + (values[k] >>> 31);
      out[from + k] = (int) (folded - (P & ~((folded - P) >> 63)));
    }
  }

  /// `sums += weight * in`, each sum growing by less than 2^32.
  ///
  /// @param weight in [0, p)
  /// @param in in [0, p)
  static void addScaled(int[] in, long weight, long[] sums) {
    for (int k = 0; k < sums.length; k++) {
      long product = weight * in[k];
      sums[k] += (product & P) + (product >>> 31);
    }
  }

  /// Sums mod p.
  static int[] reduced(long[] sums) {
    int[] out = new int[sums.length];
    reduce(sums, out, 0, out.length);
    return out;
  }
}
