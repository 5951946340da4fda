package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.VectorArithmetic.COUNT;
import static ai.cifer.homocryption.kernel.VectorArithmetic.all;
import static ai.cifer.homocryption.kernel.VectorArithmetic.centre;
import static ai.cifer.homocryption.kernel.VectorArithmetic.load;
import static ai.cifer.homocryption.kernel.VectorArithmetic.multiply;

import jdk.incubator.vector.DoubleVector;

/// Passes of the inverse transform whose rows are whole vectors.
///
/// A pass takes the elements [from, to) in blocks of 4·rows and the factors of block i as
/// [VectorForward] does.
final class VectorInverse {
  private VectorInverse() {}

  /// Two stages; the sum of all four rows is centred.
  static void radix4(
      double[] a, int from, int to, int rows, double[] w, int block, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    for (int start = from, k = block; start < to; start += 4 * rows, k++) {
      DoubleVector w1 = all(w[k]);
      DoubleVector v1 = w1.neg();
      DoubleVector q1 = w1.mul(ni);
      DoubleVector w2 = all(w[2 * k]);
      DoubleVector v2 = w2.neg();
      DoubleVector q2 = w2.mul(ni);
      DoubleVector w3 = all(w[2 * k + 1]);
      DoubleVector v3 = w3.neg();
      DoubleVector q3 = w3.mul(ni);
      for (int j = start; j < start + rows; j += COUNT) {
        DoubleVector x0 = load(a, j);
        DoubleVector x1 = load(a, j + rows);
        DoubleVector x2 = load(a, j + 2 * rows);
        DoubleVector x3 = load(a, j + 3 * rows);
        DoubleVector y0 = x0.add(x1);
        DoubleVector y1 = multiply(x0.sub(x1), w2, v2, q2, p);
        DoubleVector y2 = x2.add(x3);
        DoubleVector y3 = multiply(x2.sub(x3), w3, v3, q3, p);
        centre(y0.add(y2), p, ni).intoArray(a, j);
        y1.add(y3).intoArray(a, j + rows);
        multiply(y0.sub(y2), w1, v1, q1, p).intoArray(a, j + 2 * rows);
        multiply(y1.sub(y3), w1, v1, q1, p).intoArray(a, j + 3 * rows);
      }
    }
  }

  /// Two stages; the sums of two rows are centred.
  static void radix4Centred(
      double[] a, int from, int to, int rows, double[] w, int block, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    for (int start = from, k = block; start < to; start += 4 * rows, k++) {
      DoubleVector w1 = all(w[k]);
      DoubleVector v1 = w1.neg();
      DoubleVector q1 = w1.mul(ni);
      DoubleVector w2 = all(w[2 * k]);
      DoubleVector v2 = w2.neg();
      DoubleVector q2 = w2.mul(ni);
      DoubleVector w3 = all(w[2 * k + 1]);
      DoubleVector v3 = w3.neg();
      DoubleVector q3 = w3.mul(ni);
      for (int j = start; j < start + rows; j += COUNT) {
        DoubleVector x0 = load(a, j);
        DoubleVector x1 = load(a, j + rows);
        DoubleVector x2 = load(a, j + 2 * rows);
        DoubleVector x3 = load(a, j + 3 * rows);
        DoubleVector y0 = centre(x0.add(x1), p, ni);
        DoubleVector y1 = multiply(x0.sub(x1), w2, v2, q2, p);
        DoubleVector y2 = centre(x2.add(x3), p, ni);
        DoubleVector y3 = multiply(x2.sub(x3), w3, v3, q3, p);
        y0.add(y2).intoArray(a, j);
        y1.add(y3).intoArray(a, j + rows);
        multiply(y0.sub(y2), w1, v1, q1, p).intoArray(a, j + 2 * rows);
        multiply(y1.sub(y3), w1, v1, q1, p).intoArray(a, j + 3 * rows);
      }
    }
  }

  /// As [#radix4] for rows of one vector.
  static void radix4Short(
      double[] a, int from, int to, double[] w, int block, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    for (int j = from, k = block; j < to; j += 4 * COUNT, k++) {
      DoubleVector w1 = all(w[k]);
      DoubleVector v1 = w1.neg();
      DoubleVector q1 = w1.mul(ni);
      DoubleVector w2 = all(w[2 * k]);
      DoubleVector v2 = w2.neg();
      DoubleVector q2 = w2.mul(ni);
      DoubleVector w3 = all(w[2 * k + 1]);
      DoubleVector v3 = w3.neg();
      DoubleVector q3 = w3.mul(ni);
      DoubleVector x0 = load(a, j);
      DoubleVector x1 = load(a, j + COUNT);
      DoubleVector x2 = load(a, j + 2 * COUNT);
      DoubleVector x3 = load(a, j + 3 * COUNT);
      DoubleVector y0 = x0.add(x1);
      DoubleVector y1 = multiply(x0.sub(x1), w2, v2, q2, p);
      DoubleVector y2 = x2.add(x3);
      DoubleVector y3 = multiply(x2.sub(x3), w3, v3, q3, p);
      centre(y0.add(y2), p, ni).intoArray(a, j);
      y1.add(y3).intoArray(a, j + COUNT);
      multiply(y0.sub(y2), w1, v1, q1, p).intoArray(a, j + 2 * COUNT);
      multiply(y1.sub(y3), w1, v1, q1, p).intoArray(a, j + 3 * COUNT);
    }
  }

  /// As [#radix4Centred] for rows of one vector.
  static void radix4ShortCentred(
      double[] a, int from, int to, double[] w, int block, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    for (int j = from, k = block; j < to; j += 4 * COUNT, k++) {
      DoubleVector w1 = all(w[k]);
      DoubleVector v1 = w1.neg();
      DoubleVector q1 = w1.mul(ni);
      DoubleVector w2 = all(w[2 * k]);
      DoubleVector v2 = w2.neg();
      DoubleVector q2 = w2.mul(ni);
      DoubleVector w3 = all(w[2 * k + 1]);
      DoubleVector v3 = w3.neg();
      DoubleVector q3 = w3.mul(ni);
      DoubleVector x0 = load(a, j);
      DoubleVector x1 = load(a, j + COUNT);
      DoubleVector x2 = load(a, j + 2 * COUNT);
      DoubleVector x3 = load(a, j + 3 * COUNT);
      DoubleVector y0 = centre(x0.add(x1), p, ni);
      DoubleVector y1 = multiply(x0.sub(x1), w2, v2, q2, p);
      DoubleVector y2 = centre(x2.add(x3), p, ni);
      DoubleVector y3 = multiply(x2.sub(x3), w3, v3, q3, p);
      y0.add(y2).intoArray(a, j);
      y1.add(y3).intoArray(a, j + COUNT);
      multiply(y0.sub(y2), w1, v1, q1, p).intoArray(a, j + 2 * COUNT);
      multiply(y1.sub(y3), w1, v1, q1, p).intoArray(a, j + 3 * COUNT);
    }
  }

  /// The last stage over the whole array, with the factor 1/N = `scale`; `scaledLast` is that times
  /// the stage's factor. The results are centred.
  static void lastRadix2(
      double[] a, double scale, double scaledLast, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    DoubleVector s0 = all(scale);
    DoubleVector t0 = s0.neg();
    DoubleVector r0 = s0.mul(ni);
    DoubleVector s1 = all(scaledLast);
    DoubleVector t1 = s1.neg();
    DoubleVector r1 = s1.mul(ni);
    int rows = a.length >> 1;
    for (int j = 0; j < rows; j += COUNT) {
      DoubleVector x0 = load(a, j);
      DoubleVector x1 = load(a, j + rows);
      DoubleVector y0 = multiply(x0.add(x1), s0, t0, r0, p);
      DoubleVector y1 = multiply(x0.sub(x1), s1, t1, r1, p);
      centre(y0, p, ni).intoArray(a, j);
      centre(y1, p, ni).intoArray(a, j + rows);
    }
  }

  /// The last two stages over the whole array, scaled as [#lastRadix2].
  static void lastRadix4(
      double[] a, double[] w, double scale, double scaledLast, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    DoubleVector w2 = all(w[2]);
    DoubleVector v2 = w2.neg();
    DoubleVector q2 = w2.mul(ni);
    DoubleVector w3 = all(w[3]);
    DoubleVector v3 = w3.neg();
    DoubleVector q3 = w3.mul(ni);
    DoubleVector s0 = all(scale);
    DoubleVector t0 = s0.neg();
    DoubleVector r0 = s0.mul(ni);
    DoubleVector s1 = all(scaledLast);
    DoubleVector t1 = s1.neg();
    DoubleVector r1 = s1.mul(ni);
    int rows = a.length >> 2;
    for (int j = 0; j < rows; j += COUNT) {
      DoubleVector x0 = load(a, j);
      DoubleVector x1 = load(a, j + rows);
      DoubleVector x2 = load(a, j + 2 * rows);
      DoubleVector x3 = load(a, j + 3 * rows);
      DoubleVector y0 = centre(x0.add(x1), p, ni);
      DoubleVector y1 = multiply(x0.sub(x1), w2, v2, q2, p);
      DoubleVector y2 = centre(x2.add(x3), p, ni);
      DoubleVector y3 = multiply(x2.sub(x3), w3, v3, q3, p);
      DoubleVector z0 = multiply(y0.add(y2), s0, t0, r0, p);
      DoubleVector z1 = multiply(y1.add(y3), s0, t0, r0, p);
      DoubleVector z2 = multiply(y0.sub(y2), s1, t1, r1, p);
      DoubleVector z3 = multiply(y1.sub(y3), s1, t1, r1, p);
      centre(z0, p, ni).intoArray(a, j);
      centre(z1, p, ni).intoArray(a, j + rows);
      centre(z2, p, ni).intoArray(a, j + 2 * rows);
      centre(z3, p, ni).intoArray(a, j + 3 * rows);
    }
  }
}
