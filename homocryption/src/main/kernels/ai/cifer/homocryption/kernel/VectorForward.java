package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.VectorArithmetic.COUNT;
import static ai.cifer.homocryption.kernel.VectorArithmetic.all;
import static ai.cifer.homocryption.kernel.VectorArithmetic.centre;
import static ai.cifer.homocryption.kernel.VectorArithmetic.load;
import static ai.cifer.homocryption.kernel.VectorArithmetic.multiply;

import jdk.incubator.vector.DoubleVector;

/// Passes of the forward transform whose rows are whole vectors.
///
/// A pass takes the elements [from, to) in blocks of 4·rows (radix 4) and the factor of block i at
/// `w[block + i]`, those of its halves at `w[2(block + i)]` and the next.
final class VectorForward {
  private VectorForward() {}

  /// One stage over the whole array.
  static void radix2(double[] a, double[] w, double prime, double negatedInverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    DoubleVector w1 = all(w[1]);
    DoubleVector v1 = w1.neg();
    DoubleVector q1 = w1.mul(ni);
    int rows = a.length >> 1;
    for (int j = 0; j < rows; j += COUNT) {
      DoubleVector x0 = load(a, j);
      DoubleVector x1 = multiply(load(a, j + rows), w1, v1, q1, p);
      x0.add(x1).intoArray(a, j);
      x0.sub(x1).intoArray(a, j + rows);
    }
  }

  /// Two stages.
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
        DoubleVector x2 = multiply(load(a, j + 2 * rows), w1, v1, q1, p);
        DoubleVector x3 = multiply(load(a, j + 3 * rows), w1, v1, q1, p);
        DoubleVector y0 = x0.add(x2);
        DoubleVector y1 = multiply(x1.add(x3), w2, v2, q2, p);
        DoubleVector y2 = x0.sub(x2);
        DoubleVector y3 = multiply(x1.sub(x3), w3, v3, q3, p);
        y0.add(y1).intoArray(a, j);
        y0.sub(y1).intoArray(a, j + rows);
        y2.add(y3).intoArray(a, j + 2 * rows);
        y2.sub(y3).intoArray(a, j + 3 * rows);
      }
    }
  }

  /// Two stages; the rows that are not multiplied are centred first.
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
        DoubleVector x0 = centre(load(a, j), p, ni);
        DoubleVector x1 = centre(load(a, j + rows), p, ni);
        DoubleVector x2 = multiply(load(a, j + 2 * rows), w1, v1, q1, p);
        DoubleVector x3 = multiply(load(a, j + 3 * rows), w1, v1, q1, p);
        DoubleVector y0 = x0.add(x2);
        DoubleVector y1 = multiply(x1.add(x3), w2, v2, q2, p);
        DoubleVector y2 = x0.sub(x2);
        DoubleVector y3 = multiply(x1.sub(x3), w3, v3, q3, p);
        y0.add(y1).intoArray(a, j);
        y0.sub(y1).intoArray(a, j + rows);
        y2.add(y3).intoArray(a, j + 2 * rows);
        y2.sub(y3).intoArray(a, j + 3 * rows);
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
      DoubleVector x2 = multiply(load(a, j + 2 * COUNT), w1, v1, q1, p);
      DoubleVector x3 = multiply(load(a, j + 3 * COUNT), w1, v1, q1, p);
      DoubleVector y0 = x0.add(x2);
      DoubleVector y1 = multiply(x1.add(x3), w2, v2, q2, p);
      DoubleVector y2 = x0.sub(x2);
      DoubleVector y3 = multiply(x1.sub(x3), w3, v3, q3, p);
      y0.add(y1).intoArray(a, j);
      y0.sub(y1).intoArray(a, j + COUNT);
      y2.add(y3).intoArray(a, j + 2 * COUNT);
      y2.sub(y3).intoArray(a, j + 3 * COUNT);
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
      DoubleVector x0 = centre(load(a, j), p, ni);
      DoubleVector x1 = centre(load(a, j + COUNT), p, ni);
      DoubleVector x2 = multiply(load(a, j + 2 * COUNT), w1, v1, q1, p);
      DoubleVector x3 = multiply(load(a, j + 3 * COUNT), w1, v1, q1, p);
      DoubleVector y0 = x0.add(x2);
      DoubleVector y1 = multiply(x1.add(x3), w2, v2, q2, p);
      DoubleVector y2 = x0.sub(x2);
      DoubleVector y3 = multiply(x1.sub(x3), w3, v3, q3, p);
      y0.add(y1).intoArray(a, j);
      y0.sub(y1).intoArray(a, j + COUNT);
      y2.add(y3).intoArray(a, j + 2 * COUNT);
      y2.sub(y3).intoArray(a, j + 3 * COUNT);
    }
  }
}
