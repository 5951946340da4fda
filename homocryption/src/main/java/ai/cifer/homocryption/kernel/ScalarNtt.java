package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.FmaArithmetic.centre;
import static ai.cifer.homocryption.kernel.FmaArithmetic.multiply;

/// Negacyclic transforms of radix 4 on doubles, after Longa and Naehrig (ePrint 2016/504,
/// algorithms 1 and 2), two stages fused into one pass.
///
/// Let `B·p` bound the magnitudes before a pass, `p < 2^50`, so that a product of `x` with `|x| ≤
/// X·p` is at most `(1/2 + X/8)·p`, and `X` may not exceed 4.
///
/// - Forward (Cooley-Tukey): rows 0 and 1 are centred first, rows 2 and 3 are multiplied. A sum of
///   rows is at most `1/2 + (1/2 + B/8)`, its product at most `1/2 + (1 + B/8)/8`, so the pass
///   gives `B' = 1.625 + 0.141·B`: from any B ≤ 1/2 it never passes 1.9.
/// - Inverse (Gentleman-Sande): inner sums are centred. `B' = 1 + B/2`, hence `B < 2` for ever from
///   `B ≤ 1/2`, and the largest argument, a sum of two rows, is below 4.
///
/// The last pass of either direction centres what it stores.
final class ScalarNtt {
  private ScalarNtt() {}

  /// Transforms `a` in place; see [PrimeKernel#forward].
  static void forward(double[] a, double[] w, double p, double ni) {
    int blocks = 1;
    int length = a.length;
    if ((Integer.numberOfTrailingZeros(length) & 1) == 1) {
      forwardRadix2(a, w[1], p, ni);
      blocks = 2;
      length >>= 1;
    }
    for (; length > 4; blocks <<= 2, length >>= 2) {
      for (int i = 0; i < blocks; i++) {
        int k = 2 * (blocks + i);
        forwardRadix4(a, i * length, length >> 2, w[blocks + i], w[k], w[k + 1], p, ni);
      }
    }
    forwardLast(a, w, blocks, p, ni);
  }

  /// Transforms `a` back in place, scaled by 1/N; see [PrimeKernel#inverse].
  static void inverse(
      double[] a, double[] w, double scale, double scaledLast, double p, double ni) {
    int blocks = a.length >> 2;
    inverseFirst(a, w, blocks, p, ni);
    int rows = 4;
    for (; blocks > 4; rows <<= 2) {
      blocks >>= 2;
      for (int i = 0; i < blocks; i++) {
        int k = 2 * (blocks + i);
        inverseRadix4(a, i * 4 * rows, rows, w[blocks + i], w[k], w[k + 1], p, ni);
      }
    }
    if (2 * rows == a.length) {
      inverseLastRadix2(a, scale, scaledLast, p, ni);
    } else {
      inverseLastRadix4(a, w[2], w[3], scale, scaledLast, p, ni);
    }
  }

  private static void forwardRadix2(double[] a, double w, double p, double ni) {
    int half = a.length >> 1;
    for (int j = 0; j < half; j++) {
      double x = a[j];
      double y = multiply(a[j + half], w, p, ni);
      a[j] = x + y;
      a[j + half] = x - y;
    }
  }

  private static void forwardRadix4(
      double[] a, int from, int rows, double w1, double w2, double w3, double p, double ni) {
    for (int j = from; j < from + rows; j++) {
      double x0 = centre(a[j], p, ni);
      double x1 = centre(a[j + rows], p, ni);
      double x2 = multiply(a[j + 2 * rows], w1, p, ni);
      double x3 = multiply(a[j + 3 * rows], w1, p, ni);
      double y0 = x0 + x2;
      double y2 = x0 - x2;
      double y1 = multiply(x1 + x3, w2, p, ni);
      double y3 = multiply(x1 - x3, w3, p, ni);
      a[j] = y0 + y1;
      a[j + rows] = y0 - y1;
      a[j + 2 * rows] = y2 + y3;
      a[j + 3 * rows] = y2 - y3;
    }
  }

  /// The pass of row length 1: as [#forwardRadix4], with new factors for every four elements.
  private static void forwardLast(double[] a, double[] w, int blocks, double p, double ni) {
    for (int i = blocks, j = 0; j < a.length; i++, j += 4) {
      double w1 = w[i];
      double x0 = centre(a[j], p, ni);
      double x1 = centre(a[j + 1], p, ni);
      double x2 = multiply(a[j + 2], w1, p, ni);
      double x3 = multiply(a[j + 3], w1, p, ni);
      double y0 = x0 + x2;
      double y2 = x0 - x2;
      double y1 = multiply(x1 + x3, w[2 * i], p, ni);
      double y3 = multiply(x1 - x3, w[2 * i + 1], p, ni);
      a[j] = centre(y0 + y1, p, ni);
      a[j + 1] = centre(y0 - y1, p, ni);
      a[j + 2] = centre(y2 + y3, p, ni);
      a[j + 3] = centre(y2 - y3, p, ni);
    }
  }

  /// The pass of row length 1: as [#inverseRadix4], with new factors for every four elements.
  private static void inverseFirst(double[] a, double[] w, int blocks, double p, double ni) {
    for (int i = blocks, j = 0; j < a.length; i++, j += 4) {
      double w1 = w[i];
      double y0 = centre(a[j] + a[j + 1], p, ni);
      double y1 = multiply(a[j] - a[j + 1], w[2 * i], p, ni);
      double y2 = centre(a[j + 2] + a[j + 3], p, ni);
      double y3 = multiply(a[j + 2] - a[j + 3], w[2 * i + 1], p, ni);
      a[j] = y0 + y2;
      a[j + 1] = y1 + y3;
      a[j + 2] = multiply(y0 - y2, w1, p, ni);
      a[j + 3] = multiply(y1 - y3, w1, p, ni);
    }
  }

  private static void inverseRadix4(
      double[] a, int from, int rows, double w1, double w2, double w3, double p, double ni) {
    for (int j = from; j < from + rows; j++) {
      double x0 = a[j];
      double x1 = a[j + rows];
      double x2 = a[j + 2 * rows];
      double x3 = a[j + 3 * rows];
      double y0 = centre(x0 + x1, p, ni);
      double y1 = multiply(x0 - x1, w2, p, ni);
      double y2 = centre(x2 + x3, p, ni);
      double y3 = multiply(x2 - x3, w3, p, ni);
      a[j] = y0 + y2;
      a[j + rows] = y1 + y3;
      a[j + 2 * rows] = multiply(y0 - y2, w1, p, ni);
      a[j + 3 * rows] = multiply(y1 - y3, w1, p, ni);
    }
  }

  private static void inverseLastRadix2(
      double[] a, double scale, double scaledLast, double p, double ni) {
    int half = a.length >> 1;
    for (int j = 0; j < half; j++) {
      double x = a[j];
      double y = a[j + half];
      a[j] = product(x + y, scale, p, ni);
      a[j + half] = product(x - y, scaledLast, p, ni);
    }
  }

  /// As [#inverseRadix4], with the factor 1/N in all four outputs.
  private static void inverseLastRadix4(
      double[] a, double w2, double w3, double scale, double scaledLast, double p, double ni) {
    int rows = a.length >> 2;
    for (int j = 0; j < rows; j++) {
      double x0 = a[j];
      double x1 = a[j + rows];
      double x2 = a[j + 2 * rows];
      double x3 = a[j + 3 * rows];
      double y0 = centre(x0 + x1, p, ni);
      double y1 = multiply(x0 - x1, w2, p, ni);
      double y2 = centre(x2 + x3, p, ni);
      double y3 = multiply(x2 - x3, w3, p, ni);
      a[j] = product(y0 + y2, scale, p, ni);
      a[j + rows] = product(y1 + y3, scale, p, ni);
      a[j + 2 * rows] = product(y0 - y2, scaledLast, p, ni);
      a[j + 3 * rows] = product(y1 - y3, scaledLast, p, ni);
    }
  }

  private static double product(double a, double w, double p, double ni) {
    return centre(multiply(a, w, p, ni), p, ni);
  }
}
