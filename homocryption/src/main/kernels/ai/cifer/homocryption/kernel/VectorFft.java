package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.VectorArithmetic.COUNT;
import static ai.cifer.homocryption.kernel.VectorArithmetic.all;
import static ai.cifer.homocryption.kernel.VectorArithmetic.load;

import jdk.incubator.vector.DoubleVector;

/// [SpecialFft] on the Vector API; its twin is [ScalarFft], butterfly by butterfly.
///
/// Stages of rows of 8 and more run along the rows, two in one pass. The three stages of rows of 4,
/// 2 and 1 run across blocks of 8: every block has the same factors, so a vector holds the same
/// element of blocks that are neighbours in bit-reversed order. Gathers and scatters between both
/// layouts do the bit reversal on the way, and no lane ever moves, so this serves any number of
/// lanes.
///
/// The coefficients' layout: element k of the blocks, `k < 8`, stands in row `brev(k)`, a row being
/// slots/8 long; that is its place in the bit-reversed order of all slots.
final class VectorFft implements SpecialFft {
  private static final int BLOCK = 8;

  private final int slots;
  private final double[] cosine;
  private final double[] sine;

  /// `8·brev(c)` for the blocks, c < slots/8.
  private final int[] blocks;

  VectorFft(SpecialFftTables tables) {
    this.slots = tables.slots;
    this.cosine = tables.cosine;
    this.sine = tables.sine;
    this.blocks = new int[slots / BLOCK];
    int shift = 32 - Integer.numberOfTrailingZeros(blocks.length);
    for (int c = 0; c < blocks.length; c++) {
      blocks[c] = BLOCK * (Integer.reverse(c) >>> shift);
    }
  }

  @Override
  public int slots() {
    return slots;
  }

  /// The real part of `(x + iy)·(c + is)`.
  static DoubleVector realProduct(DoubleVector x, DoubleVector y, DoubleVector c, DoubleVector s) {
    return x.fma(c, y.mul(s).neg());
  }

  /// The imaginary part of `(x + iy)·(c + is)`.
  static DoubleVector imaginaryProduct(
      DoubleVector x, DoubleVector y, DoubleVector c, DoubleVector s) {
    return x.fma(s, y.mul(c));
  }

  /// The real part of `(x + iy)·(c - is)`.
  static DoubleVector realConjugate(
      DoubleVector x, DoubleVector y, DoubleVector c, DoubleVector s) {
    return x.fma(c, y.mul(s));
  }

  /// The imaginary part of `(x + iy)·(c - is)`.
  static DoubleVector imaginaryConjugate(
      DoubleVector x, DoubleVector y, DoubleVector c, DoubleVector s) {
    return y.fma(c, x.mul(s).neg());
  }

  @Override
  public void toCoefficients(double[] real, double[] imaginary, double factor, double[] out) {
    int half = slots / 2;
    if ((Integer.numberOfTrailingZeros(slots / BLOCK) & 1) == 1) {
      inverseStage(real, imaginary, half);
      half /= 2;
    }
    for (; half > BLOCK; half /= 4) {
      inverseStages(real, imaginary, half / 2);
    }
    for (int k = 0; k < BLOCK / 2; k++) {
      inverseGather(real, imaginary, k, out);
    }
    inverseRows(out, 0, factor);
    inverseRows(out, BLOCK / 2, factor);
  }

  @Override
  public void toSlots(double[] coefficients, double factor, double[] real, double[] imaginary) {
    forwardRows(coefficients, 0, factor);
    forwardRows(coefficients, BLOCK / 2, factor);
    for (int k = 0; k < BLOCK / 2; k++) {
      forwardScatter(coefficients, k, real, imaginary);
    }
    int half = BLOCK;
    for (; 2 * half < slots; half *= 4) {
      forwardStages(real, imaginary, half);
    }
    if (half < slots) {
      forwardStage(real, imaginary, half);
    }
  }

  private void inverseStage(double[] real, double[] imaginary, int half) {
    for (int from = 0; from < slots; from += 2 * half) {
      for (int j = 0; j < half; j += COUNT) {
        int a = from + j;
        int b = a + half;
        DoubleVector c = load(cosine, half + j);
        DoubleVector s = load(sine, half + j);
        DoubleVector u = load(real, a);
        DoubleVector v = load(imaginary, a);
        DoubleVector x = load(real, b);
        DoubleVector y = load(imaginary, b);
        u.add(x).intoArray(real, a);
        v.add(y).intoArray(imaginary, a);
        realConjugate(u.sub(x), v.sub(y), c, s).intoArray(real, b);
        imaginaryConjugate(u.sub(x), v.sub(y), c, s).intoArray(imaginary, b);
      }
    }
  }

  /// The stages of rows of `2·half` and `half`.
  private void inverseStages(double[] real, double[] imaginary, int half) {
    for (int from = 0; from < slots; from += 4 * half) {
      for (int j = 0; j < half; j += COUNT) {
        int i0 = from + j;
        int i1 = i0 + half;
        int i2 = i1 + half;
        int i3 = i2 + half;
        DoubleVector x0 = load(real, i0);
        DoubleVector y0 = load(imaginary, i0);
        DoubleVector x1 = load(real, i1);
        DoubleVector y1 = load(imaginary, i1);
        DoubleVector x2 = load(real, i2);
        DoubleVector y2 = load(imaginary, i2);
        DoubleVector x3 = load(real, i3);
        DoubleVector y3 = load(imaginary, i3);
        DoubleVector c0 = load(cosine, 2 * half + j);
        DoubleVector s0 = load(sine, 2 * half + j);
        DoubleVector c1 = load(cosine, 3 * half + j);
        DoubleVector s1 = load(sine, 3 * half + j);
        DoubleVector p0 = x0.add(x2);
        DoubleVector q0 = y0.add(y2);
        DoubleVector p1 = x1.add(x3);
        DoubleVector q1 = y1.add(y3);
        DoubleVector p2 = realConjugate(x0.sub(x2), y0.sub(y2), c0, s0);
        DoubleVector q2 = imaginaryConjugate(x0.sub(x2), y0.sub(y2), c0, s0);
        DoubleVector p3 = realConjugate(x1.sub(x3), y1.sub(y3), c1, s1);
        DoubleVector q3 = imaginaryConjugate(x1.sub(x3), y1.sub(y3), c1, s1);
        DoubleVector c = load(cosine, half + j);
        DoubleVector s = load(sine, half + j);
        p0.add(p1).intoArray(real, i0);
        q0.add(q1).intoArray(imaginary, i0);
        realConjugate(p0.sub(p1), q0.sub(q1), c, s).intoArray(real, i1);
        imaginaryConjugate(p0.sub(p1), q0.sub(q1), c, s).intoArray(imaginary, i1);
        p2.add(p3).intoArray(real, i2);
        q2.add(q3).intoArray(imaginary, i2);
        realConjugate(p2.sub(p3), q2.sub(q3), c, s).intoArray(real, i3);
        imaginaryConjugate(p2.sub(p3), q2.sub(q3), c, s).intoArray(imaginary, i3);
      }
    }
  }

  private void forwardStage(double[] real, double[] imaginary, int half) {
    for (int from = 0; from < slots; from += 2 * half) {
      for (int j = 0; j < half; j += COUNT) {
        int a = from + j;
        int b = a + half;
        DoubleVector c = load(cosine, half + j);
        DoubleVector s = load(sine, half + j);
        DoubleVector u = load(real, a);
        DoubleVector v = load(imaginary, a);
        DoubleVector x = load(real, b);
        DoubleVector y = load(imaginary, b);
        DoubleVector p = realProduct(x, y, c, s);
        DoubleVector q = imaginaryProduct(x, y, c, s);
        u.add(p).intoArray(real, a);
        v.add(q).intoArray(imaginary, a);
        u.sub(p).intoArray(real, b);
        v.sub(q).intoArray(imaginary, b);
      }
    }
  }

  /// The stages of rows of `half` and `2·half`.
  private void forwardStages(double[] real, double[] imaginary, int half) {
    for (int from = 0; from < slots; from += 4 * half) {
      for (int j = 0; j < half; j += COUNT) {
        int i0 = from + j;
        int i1 = i0 + half;
        int i2 = i1 + half;
        int i3 = i2 + half;
        DoubleVector c = load(cosine, half + j);
        DoubleVector s = load(sine, half + j);
        DoubleVector u0 = load(real, i0);
        DoubleVector v0 = load(imaginary, i0);
        DoubleVector u1 = realProduct(load(real, i1), load(imaginary, i1), c, s);
        DoubleVector v1 = imaginaryProduct(load(real, i1), load(imaginary, i1), c, s);
        DoubleVector u2 = load(real, i2);
        DoubleVector v2 = load(imaginary, i2);
        DoubleVector u3 = realProduct(load(real, i3), load(imaginary, i3), c, s);
        DoubleVector v3 = imaginaryProduct(load(real, i3), load(imaginary, i3), c, s);
        DoubleVector x0 = u0.add(u1);
        DoubleVector y0 = v0.add(v1);
        DoubleVector x1 = u0.sub(u1);
        DoubleVector y1 = v0.sub(v1);
        DoubleVector x2 = u2.add(u3);
        DoubleVector y2 = v2.add(v3);
        DoubleVector x3 = u2.sub(u3);
        DoubleVector y3 = v2.sub(v3);
        DoubleVector c0 = load(cosine, 2 * half + j);
        DoubleVector s0 = load(sine, 2 * half + j);
        DoubleVector c1 = load(cosine, 3 * half + j);
        DoubleVector s1 = load(sine, 3 * half + j);
        DoubleVector p2 = realProduct(x2, y2, c0, s0);
        DoubleVector q2 = imaginaryProduct(x2, y2, c0, s0);
        DoubleVector p3 = realProduct(x3, y3, c1, s1);
        DoubleVector q3 = imaginaryProduct(x3, y3, c1, s1);
        x0.add(p2).intoArray(real, i0);
        y0.add(q2).intoArray(imaginary, i0);
        x1.add(p3).intoArray(real, i1);
        y1.add(q3).intoArray(imaginary, i1);
        x0.sub(p2).intoArray(real, i2);
        y0.sub(q2).intoArray(imaginary, i2);
        x1.sub(p3).intoArray(real, i3);
        y1.sub(q3).intoArray(imaginary, i3);
      }
    }
  }

  /// Where the row of element k begins.
  private int row(int k) {
    return (Integer.reverse(k) >>> 29) * blocks.length;
  }

  /// The stage of rows of 4 for the elements k and k + 4 of all blocks.
  private void inverseGather(double[] real, double[] imaginary, int k, double[] out) {
    DoubleVector c = all(cosine[BLOCK / 2 + k]);
    DoubleVector s = all(sine[BLOCK / 2 + k]);
    int low = row(k);
    int high = row(k + BLOCK / 2);
    for (int j = 0; j < blocks.length; j += COUNT) {
      DoubleVector u = DoubleVector.fromArray(VectorArithmetic.LANES, real, k, blocks, j);
      DoubleVector v = DoubleVector.fromArray(VectorArithmetic.LANES, imaginary, k, blocks, j);
      DoubleVector x = DoubleVector.fromArray(VectorArithmetic.LANES, real, k + 4, blocks, j);
      DoubleVector y = DoubleVector.fromArray(VectorArithmetic.LANES, imaginary, k + 4, blocks, j);
      u.add(x).intoArray(out, low + j);
      v.add(y).intoArray(out, slots + low + j);
      realConjugate(u.sub(x), v.sub(y), c, s).intoArray(out, high + j);
      imaginaryConjugate(u.sub(x), v.sub(y), c, s).intoArray(out, slots + high + j);
    }
  }

  /// The stages of rows of 2 and 1 for four elements of all blocks.
  private void inverseRows(double[] out, int first, double factor) {
    DoubleVector c0 = all(cosine[2]);
    DoubleVector s0 = all(sine[2]);
    DoubleVector c1 = all(cosine[3]);
    DoubleVector s1 = all(sine[3]);
    DoubleVector c = all(cosine[1]);
    DoubleVector s = all(sine[1]);
    for (int j = 0; j < blocks.length; j += COUNT) {
      int i0 = row(first) + j;
      int i1 = row(first + 1) + j;
      int i2 = row(first + 2) + j;
      int i3 = row(first + 3) + j;
      DoubleVector x0 = load(out, i0);
      DoubleVector y0 = load(out, slots + i0);
      DoubleVector x1 = load(out, i1);
      DoubleVector y1 = load(out, slots + i1);
      DoubleVector x2 = load(out, i2);
      DoubleVector y2 = load(out, slots + i2);
      DoubleVector x3 = load(out, i3);
      DoubleVector y3 = load(out, slots + i3);
      DoubleVector p0 = x0.add(x2);
      DoubleVector q0 = y0.add(y2);
      DoubleVector p1 = x1.add(x3);
      DoubleVector q1 = y1.add(y3);
      DoubleVector p2 = realConjugate(x0.sub(x2), y0.sub(y2), c0, s0);
      DoubleVector q2 = imaginaryConjugate(x0.sub(x2), y0.sub(y2), c0, s0);
      DoubleVector p3 = realConjugate(x1.sub(x3), y1.sub(y3), c1, s1);
      DoubleVector q3 = imaginaryConjugate(x1.sub(x3), y1.sub(y3), c1, s1);
      p0.add(p1).mul(factor).intoArray(out, i0);
      q0.add(q1).mul(factor).intoArray(out, slots + i0);
      realConjugate(p0.sub(p1), q0.sub(q1), c, s).mul(factor).intoArray(out, i1);
      imaginaryConjugate(p0.sub(p1), q0.sub(q1), c, s).mul(factor).intoArray(out, slots + i1);
      p2.add(p3).mul(factor).intoArray(out, i2);
      q2.add(q3).mul(factor).intoArray(out, slots + i2);
      realConjugate(p2.sub(p3), q2.sub(q3), c, s).mul(factor).intoArray(out, i3);
      imaginaryConjugate(p2.sub(p3), q2.sub(q3), c, s).mul(factor).intoArray(out, slots + i3);
    }
  }

  /// The stages of rows of 1 and 2 for four elements of all blocks.
  private void forwardRows(double[] a, int first, double factor) {
    DoubleVector c = all(cosine[1]);
    DoubleVector s = all(sine[1]);
    DoubleVector c0 = all(cosine[2]);
    DoubleVector s0 = all(sine[2]);
    DoubleVector c1 = all(cosine[3]);
    DoubleVector s1 = all(sine[3]);
    for (int j = 0; j < blocks.length; j += COUNT) {
      int i0 = row(first) + j;
      int i1 = row(first + 1) + j;
      int i2 = row(first + 2) + j;
      int i3 = row(first + 3) + j;
      DoubleVector u0 = load(a, i0).mul(factor);
      DoubleVector v0 = load(a, slots + i0).mul(factor);
      DoubleVector t1 = load(a, i1).mul(factor);
      DoubleVector w1 = load(a, slots + i1).mul(factor);
      DoubleVector u2 = load(a, i2).mul(factor);
      DoubleVector v2 = load(a, slots + i2).mul(factor);
      DoubleVector t3 = load(a, i3).mul(factor);
      DoubleVector w3 = load(a, slots + i3).mul(factor);
      DoubleVector u1 = realProduct(t1, w1, c, s);
      DoubleVector v1 = imaginaryProduct(t1, w1, c, s);
      DoubleVector u3 = realProduct(t3, w3, c, s);
      DoubleVector v3 = imaginaryProduct(t3, w3, c, s);
      DoubleVector p2 = realProduct(u2.add(u3), v2.add(v3), c0, s0);
      DoubleVector q2 = imaginaryProduct(u2.add(u3), v2.add(v3), c0, s0);
      DoubleVector p3 = realProduct(u2.sub(u3), v2.sub(v3), c1, s1);
      DoubleVector q3 = imaginaryProduct(u2.sub(u3), v2.sub(v3), c1, s1);
      DoubleVector x0 = u0.add(u1);
      DoubleVector y0 = v0.add(v1);
      DoubleVector x1 = u0.sub(u1);
      DoubleVector y1 = v0.sub(v1);
      x0.add(p2).intoArray(a, i0);
      y0.add(q2).intoArray(a, slots + i0);
      x1.add(p3).intoArray(a, i1);
      y1.add(q3).intoArray(a, slots + i1);
      x0.sub(p2).intoArray(a, i2);
      y0.sub(q2).intoArray(a, slots + i2);
      x1.sub(p3).intoArray(a, i3);
      y1.sub(q3).intoArray(a, slots + i3);
    }
  }

  /// The stage of rows of 4 for the elements k and k + 4 of all blocks.
  private void forwardScatter(double[] a, int k, double[] real, double[] imaginary) {
    DoubleVector c = all(cosine[BLOCK / 2 + k]);
    DoubleVector s = all(sine[BLOCK / 2 + k]);
    int low = row(k);
    int high = row(k + BLOCK / 2);
    for (int j = 0; j < blocks.length; j += COUNT) {
      DoubleVector u = load(a, low + j);
      DoubleVector v = load(a, slots + low + j);
      DoubleVector x = load(a, high + j);
      DoubleVector y = load(a, slots + high + j);
      DoubleVector p = realProduct(x, y, c, s);
      DoubleVector q = imaginaryProduct(x, y, c, s);
      u.add(p).intoArray(real, k, blocks, j);
      v.add(q).intoArray(imaginary, k, blocks, j);
      u.sub(p).intoArray(real, k + 4, blocks, j);
      v.sub(q).intoArray(imaginary, k + 4, blocks, j);
    }
  }
}
