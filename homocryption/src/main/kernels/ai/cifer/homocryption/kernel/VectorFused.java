package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.VectorArithmetic.COUNT;
import static ai.cifer.homocryption.kernel.VectorArithmetic.all;
import static ai.cifer.homocryption.kernel.VectorArithmetic.centre;
import static ai.cifer.homocryption.kernel.VectorArithmetic.load;

import jdk.incubator.vector.DoubleVector;

/// [FusedKernel] on the Vector API; its twin is [ScalarFused].
///
/// Inner products run along whole rows: the keys come from memory, and long streams come faster
/// than tiles of several.
///
/// Sums of products are centred after every second product only: a centred sum and two products of
/// at most 5/8 p each stay below 2p.
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
    int k = 2 - (count & 1);
    if (k == 1) {
      one(x[0], b[0], sum0);
      one(x[0], a[0], sum1);
    } else {
      two(x[0], b[0], x[1], b[1], sum0);
      two(x[0], a[0], x[1], a[1], sum1);
    }
    for (; k < count; k += 2) {
      addTwo(x[k], b[k], x[k + 1], b[k + 1], sum0);
      addTwo(x[k], a[k], x[k + 1], a[k + 1], sum1);
    }
  }

  private void one(double[] x, double[] b, double[] sum) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    for (int j = 0; j < sum.length; j += COUNT) {
      centre(product(load(x, j), load(b, j), p, ni), p, ni).intoArray(sum, j);
    }
  }

  private void two(double[] x, double[] b, double[] y, double[] d, double[] sum) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    for (int j = 0; j < sum.length; j += COUNT) {
      DoubleVector first = product(load(x, j), load(b, j), p, ni);
      DoubleVector second = product(load(y, j), load(d, j), p, ni);
      centre(first.add(second), p, ni).intoArray(sum, j);
    }
  }

  private void addTwo(double[] x, double[] b, double[] y, double[] d, double[] sum) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(negatedInverse);
    for (int j = 0; j < sum.length; j += COUNT) {
      DoubleVector first = product(load(x, j), load(b, j), p, ni);
      DoubleVector second = product(load(y, j), load(d, j), p, ni);
      centre(first.add(second).add(load(sum, j)), p, ni).intoArray(sum, j);
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
