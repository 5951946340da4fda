package ai.cifer.secagg.share;

import java.util.Arrays;

/// Finds wrong points of a polynomial of degree below t over the field of p = 2^31 - 1 elements: r
/// points determine it as long as at most `floor((r - t) / 2)` of them are wrong.
///
/// This is Gao's algorithm: interpolate all points, run Euclid's algorithm on that and on `prod (x
/// - x_j)` until the degree is below (r + t) / 2, and divide.
///
/// Its run time depends on the points; they are sums of shares that their helpers revealed, and no
/// secret.
///
/// @see <a href="https://doi.org/10.1007/978-1-4757-3789-9_5">S. Gao, A New Algorithm for Decoding
///   Reed-Solomon Codes, 2003</a>
final class ReedSolomon {
  private static final long P = Shamir.PRIME;

  private ReedSolomon() {}

  /// The polynomial through all points but the wrong ones, its coefficients from the constant one.
  ///
  /// @param x distinct, in [1, p)
  /// @param y in [0, p)
  /// @param threshold t, 1 to the number of points
  /// @return empty if too many points are wrong
  static long[] decode(int[] x, long[] y, int threshold) {
    long[] previous = product(x);
    long[] current = interpolate(x, y);
    long[] previousFactor = {};
    long[] factor = {1};
    while (2 * (current.length - 1) >= x.length + threshold) {
      long[][] division = divide(previous, current);
      long[] next = division[1];
      long[] nextFactor = subtract(previousFactor, multiply(division[0], factor));
      previous = current;
      current = next;
      previousFactor = factor;
      factor = nextFactor;
    }
    long[][] division = divide(current, factor);
    return division[1].length == 0 && division[0].length <= threshold
        ? Arrays.copyOf(division[0], threshold)
        : new long[0];
  }

  /// The value of a polynomial.
  static long evaluate(long[] polynomial, long x) {
    long value = 0;
    for (int i = polynomial.length - 1; i >= 0; i--) {
      value = (value * x + polynomial[i]) % P;
    }
    return value;
  }

  private static long[] product(int[] x) {
    long[] product = {1};
    for (int each : x) {
      product = multiply(product, new long[] {P - each, 1});
    }
    return product;
  }

  /// Newton's divided differences.
  private static long[] interpolate(int[] x, long[] y) {
    long[] differences = y.clone();
    for (int order = 1; order < x.length; order++) {
      for (int i = x.length - 1; i >= order; i--) {
        long rise = differences[i] - differences[i - 1] + P;
        long run = Math.floorMod((long) x[i] - x[i - order], P);
        differences[i] = rise % P * inverse(run) % P;
      }
    }
    long[] polynomial = {};
    for (int i = x.length - 1; i >= 0; i--) {
      polynomial =
          subtract(
              multiply(polynomial, new long[] {P - x[i], 1}),
              trimmed(new long[] {(P - differences[i]) % P}));
    }
    return polynomial;
  }

  private static long[] multiply(long[] a, long[] b) {
    if (a.length == 0 || b.length == 0) {
      return new long[0];
    }
    long[] product = new long[a.length + b.length - 1];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b.length; j++) {
        product[i + j] = (product[i + j] + a[i] * b[j]) % P;
      }
    }
    return trimmed(product);
  }

  private static long[] subtract(long[] a, long[] b) {
    long[] difference = Arrays.copyOf(a, Math.max(a.length, b.length));
    for (int i = 0; i < b.length; i++) {
      difference[i] = (difference[i] - b[i] + P) % P;
    }
    return trimmed(difference);
  }

  /// Quotient and remainder.
  private static long[][] divide(long[] dividend, long[] divisor) {
    long[] rest = dividend.clone();
    int shift = dividend.length - divisor.length;
    long[] quotient = new long[Math.max(0, shift + 1)];
    long inverse = inverse(divisor[divisor.length - 1]);
    for (; shift >= 0; shift--) {
      long factor = rest[shift + divisor.length - 1] * inverse % P;
      quotient[shift] = factor;
      for (int i = 0; i < divisor.length; i++) {
        rest[shift + i] = Math.floorMod(rest[shift + i] - factor * divisor[i] % P, P);
      }
    }
    return new long[][] {trimmed(quotient), trimmed(rest)};
  }

  /// Without leading zeros; the zero polynomial has no coefficients.
  private static long[] trimmed(long[] polynomial) {
    int length = polynomial.length;
    while (length > 0 && polynomial[length - 1] == 0) {
      length--;
    }
    return length == polynomial.length ? polynomial : Arrays.copyOf(polynomial, length);
  }

  private static long inverse(long value) {
    return Shamir.power(value, Shamir.PRIME - 2);
  }
}
