package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.VectorArithmetic.COUNT;
import static ai.cifer.homocryption.kernel.VectorArithmetic.all;
import static ai.cifer.homocryption.kernel.VectorArithmetic.centre;
import static ai.cifer.homocryption.kernel.VectorArithmetic.load;

import jdk.incubator.vector.DoubleVector;

/// [FusedKernel] on the Vector API; its twin is [ScalarFused].
///
/// Inner products run along whole rows, up to four digits and both halves of the key in one pass:
/// the keys come from memory, and the more rows are read at once, the less each waits.
///
/// Sums of products are centred after every fourth product only: a centred sum and four products of
/// at most 5/8 p each stay below 4p, which [FmaArithmetic#centre] takes.
final class VectorFused implements FusedKernel {
  /// Elements of a sum that stay in a first-level cache of 32 KiB.
  private static final int TILE = 1024;

  private final double prime;
  private final double negatedInverse;

  VectorFused(long prime) {
    this.prime = (double) prime;
    this.negatedInverse = -1 / (double) prime;
  }

  /// As [FmaArithmetic#multiply] with a factor that is not kept.
  static DoubleVector product(DoubleVector a, DoubleVector b, DoubleVector p, DoubleVector ni) {
    DoubleVector high = a.mul(b);
    DoubleVector quotient = high.fma(ni, all(FmaArithmetic.ROUNDER)).sub(FmaArithmetic.ROUNDER);
    DoubleVector low = a.fma(b, high.neg());
    return quotient.fma(p, high).add(low);
  }

  @Override
  public void innerProducts(
      double[][] x, double[][] b, double[][] a, int count, double[] sum0, double[] sum1) {
    int k = (count - 1) % 4 + 1;
    switch (k) {
      case 1 -> one(x, b, a, sum0, sum1);
      case 2 -> two(x, b, a, sum0, sum1);
      case 3 -> three(x, b, a, sum0, sum1);
      default -> four(x, b, a, sum0, sum1);
    }
    for (; k < count; k += 4) {
      addFour(x, b, a, k, sum0, sum1);
    }
  }

  private void one(double[][] x, double[][] b, double[][] a, double[] sum0, double[] sum1) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    double[] x0 = x[0];
    double[] b0 = b[0];
    double[] a0 = a[0];
    for (int j = 0; j < sum0.length; j += COUNT) {
      DoubleVector y0 = load(x0, j);
      DoubleVector by0 = product(y0, load(b0, j), p, ni);
      centre(by0, p, ni).intoArray(sum0, j);
      DoubleVector ay0 = product(y0, load(a0, j), p, ni);
      centre(ay0, p, ni).intoArray(sum1, j);
    }
  }

  private void two(double[][] x, double[][] b, double[][] a, double[] sum0, double[] sum1) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    double[] x0 = x[0];
    double[] b0 = b[0];
    double[] a0 = a[0];
    double[] x1 = x[1];
    double[] b1 = b[1];
    double[] a1 = a[1];
    for (int j = 0; j < sum0.length; j += COUNT) {
      DoubleVector y0 = load(x0, j);
      DoubleVector y1 = load(x1, j);
      DoubleVector by0 = product(y0, load(b0, j), p, ni);
      DoubleVector by1 = product(y1, load(b1, j), p, ni);
      centre(by0.add(by1), p, ni).intoArray(sum0, j);
      DoubleVector ay0 = product(y0, load(a0, j), p, ni);
      DoubleVector ay1 = product(y1, load(a1, j), p, ni);
      centre(ay0.add(ay1), p, ni).intoArray(sum1, j);
    }
  }

  private void three(double[][] x, double[][] b, double[][] a, double[] sum0, double[] sum1) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    double[] x0 = x[0];
    double[] b0 = b[0];
    double[] a0 = a[0];
    double[] x1 = x[1];
    double[] b1 = b[1];
    double[] a1 = a[1];
    double[] x2 = x[2];
    double[] b2 = b[2];
    double[] a2 = a[2];
    for (int j = 0; j < sum0.length; j += COUNT) {
      DoubleVector y0 = load(x0, j);
      DoubleVector y1 = load(x1, j);
      DoubleVector y2 = load(x2, j);
      DoubleVector by0 = product(y0, load(b0, j), p, ni);
      DoubleVector by1 = product(y1, load(b1, j), p, ni);
      DoubleVector by2 = product(y2, load(b2, j), p, ni);
      centre(by0.add(by1).add(by2), p, ni).intoArray(sum0, j);
      DoubleVector ay0 = product(y0, load(a0, j), p, ni);
      DoubleVector ay1 = product(y1, load(a1, j), p, ni);
      DoubleVector ay2 = product(y2, load(a2, j), p, ni);
      centre(ay0.add(ay1).add(ay2), p, ni).intoArray(sum1, j);
    }
  }

  private void four(double[][] x, double[][] b, double[][] a, double[] sum0, double[] sum1) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    double[] x0 = x[0];
    double[] b0 = b[0];
    double[] a0 = a[0];
    double[] x1 = x[1];
    double[] b1 = b[1];
    double[] a1 = a[1];
    double[] x2 = x[2];
    double[] b2 = b[2];
    double[] a2 = a[2];
    double[] x3 = x[3];
    double[] b3 = b[3];
    double[] a3 = a[3];
    for (int j = 0; j < sum0.length; j += COUNT) {
      DoubleVector y0 = load(x0, j);
      DoubleVector y1 = load(x1, j);
      DoubleVector y2 = load(x2, j);
      DoubleVector y3 = load(x3, j);
      DoubleVector by0 = product(y0, load(b0, j), p, ni);
      DoubleVector by1 = product(y1, load(b1, j), p, ni);
      DoubleVector by2 = product(y2, load(b2, j), p, ni);
      DoubleVector by3 = product(y3, load(b3, j), p, ni);
      centre(by0.add(by1).add(by2.add(by3)), p, ni).intoArray(sum0, j);
      DoubleVector ay0 = product(y0, load(a0, j), p, ni);
      DoubleVector ay1 = product(y1, load(a1, j), p, ni);
      DoubleVector ay2 = product(y2, load(a2, j), p, ni);
      DoubleVector ay3 = product(y3, load(a3, j), p, ni);
      centre(ay0.add(ay1).add(ay2.add(ay3)), p, ni).intoArray(sum1, j);
    }
  }

  private void addFour(
      double[][] x, double[][] b, double[][] a, int k, double[] sum0, double[] sum1) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    double[] x0 = x[k];
    double[] b0 = b[k];
    double[] a0 = a[k];
    double[] x1 = x[k + 1];
    double[] b1 = b[k + 1];
    double[] a1 = a[k + 1];
    double[] x2 = x[k + 2];
    double[] b2 = b[k + 2];
    double[] a2 = a[k + 2];
    double[] x3 = x[k + 3];
    double[] b3 = b[k + 3];
    double[] a3 = a[k + 3];
    for (int j = 0; j < sum0.length; j += COUNT) {
      DoubleVector y0 = load(x0, j);
      DoubleVector y1 = load(x1, j);
      DoubleVector y2 = load(x2, j);
      DoubleVector y3 = load(x3, j);
      DoubleVector by0 = product(y0, load(b0, j), p, ni);
      DoubleVector by1 = product(y1, load(b1, j), p, ni);
      DoubleVector by2 = product(y2, load(b2, j), p, ni);
      DoubleVector by3 = product(y3, load(b3, j), p, ni);
      centre(by0.add(by1).add(by2.add(by3)).add(load(sum0, j)), p, ni).intoArray(sum0, j);
      DoubleVector ay0 = product(y0, load(a0, j), p, ni);
      DoubleVector ay1 = product(y1, load(a1, j), p, ni);
      DoubleVector ay2 = product(y2, load(a2, j), p, ni);
      DoubleVector ay3 = product(y3, load(a3, j), p, ni);
      centre(ay0.add(ay1).add(ay2.add(ay3)).add(load(sum1, j)), p, ni).intoArray(sum1, j);
    }
  }

  @Override
  public void subtractAndScale(double[] a, double[] b, double factor, double[] out) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    DoubleVector w = all(factor);
    for (int j = 0; j < out.length; j += COUNT) {
      DoubleVector scaled = product(load(a, j).sub(load(b, j)), w, p, ni);
      centre(scaled, p, ni).intoArray(out, j);
    }
  }

  @Override
  public void subtractScaleAndAdd(double[] a, double[] b, double factor, double[] c, double[] out) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    DoubleVector w = all(factor);
    for (int j = 0; j < out.length; j += COUNT) {
      DoubleVector scaled = product(load(a, j).sub(load(b, j)), w, p, ni);
      centre(scaled.add(load(c, j)), p, ni).intoArray(out, j);
    }
  }

  @Override
  public void multiplyAndAdd(double[] a, double[] b, double[] c, double[] out) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    for (int j = 0; j < out.length; j += COUNT) {
      DoubleVector product = product(load(a, j), load(b, j), p, ni);
      centre(product.add(load(c, j)), p, ni).intoArray(out, j);
    }
  }

  @Override
  public void tensor(
      double[] a0,
      double[] a1,
      double[] b0,
      double[] b1,
      double[] out0,
      double[] out1,
      double[] out2) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    for (int j = 0; j < out0.length; j += COUNT) {
      DoubleVector x0 = load(a0, j);
      DoubleVector x1 = load(a1, j);
      DoubleVector y0 = load(b0, j);
      DoubleVector y1 = load(b1, j);
      centre(product(x0, y0, p, ni), p, ni).intoArray(out0, j);
      centre(product(x0, y1, p, ni).add(product(x1, y0, p, ni)), p, ni).intoArray(out1, j);
      centre(product(x1, y1, p, ni), p, ni).intoArray(out2, j);
    }
  }

  @Override
  public void square(double[] a0, double[] a1, double[] out0, double[] out1, double[] out2) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    for (int j = 0; j < out0.length; j += COUNT) {
      DoubleVector x0 = load(a0, j);
      DoubleVector x1 = load(a1, j);
      DoubleVector middle = product(x0, x1, p, ni);
      centre(product(x0, x0, p, ni), p, ni).intoArray(out0, j);
      centre(middle.add(middle), p, ni).intoArray(out1, j);
      centre(product(x1, x1, p, ni), p, ni).intoArray(out2, j);
    }
  }

  @Override
  public void combine(double[][] digits, int count, double[] factors, double[] out) {
    for (int from = 0; from < out.length; from += TILE) {
      int to = Math.min(out.length, from + TILE);
      combine(digits[0], factors[0], digits[1], factors[1], out, from, to);
      for (int i = 2; i < count; i++) {
        combineInto(digits[i], factors[i], out, from, to);
      }
    }
  }

  private void combine(double[] a, double x, double[] b, double y, double[] out, int from, int to) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    DoubleVector wx = all(x);
    DoubleVector wy = all(y);
    for (int j = from; j < to; j += COUNT) {
      DoubleVector first = product(load(a, j), wx, p, ni);
      centre(first.add(product(load(b, j), wy, p, ni)), p, ni).intoArray(out, j);
    }
  }

  private void combineInto(double[] a, double x, double[] out, int from, int to) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    DoubleVector w = all(x);
    for (int j = from; j < to; j += COUNT) {
      DoubleVector sum = product(load(a, j), w, p, ni).add(load(out, j));
      centre(sum, p, ni).intoArray(out, j);
    }
  }
}
