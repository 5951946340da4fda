package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.VectorArithmetic.COUNT;
import static ai.cifer.homocryption.kernel.VectorArithmetic.all;
import static ai.cifer.homocryption.kernel.VectorArithmetic.centre;
import static ai.cifer.homocryption.kernel.VectorArithmetic.load;
import static ai.cifer.homocryption.kernel.VectorArithmetic.multiply;
import static ai.cifer.homocryption.kernel.VectorArithmetic.select;
import static ai.cifer.homocryption.kernel.VectorArithmetic.spread;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;

/// The last stages of the forward transform, inside pairs of vectors: distance 4 (with 8 lanes), 2
/// (with 4 or 8) and 1.
///
/// A stage of distance d exchanges lanes between the two vectors so that the partners of a
/// butterfly stand in the same lane of both: `x[i]` is lane i of the first or lane i - d of the
/// second, as bit d of i says (see [LaneOrders]). The vectors stay in that order; after distance 1
/// they hold the elements of even and of odd index, which are merged and centred.
///
/// Each stage is a pass of its own, because several in one are a chain of dependent operations so
/// long that the processor does not find enough others to do beside it: three in one took 1.6 times
/// as long (Zen 5), though they load and store less.
final class VectorTail {
  private VectorTail() {}

  /// Distance 4.
  static void four(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector low = LaneOrders.LOW_4;
    LongVector high = LaneOrders.HIGH_4;
    LongVector each = LaneOrders.EACH_4;
    for (int j = from; j < to; j += 2 * COUNT) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + COUNT);
      DoubleVector f = spread(each, load(w, (a.length + j) >> 3));
      DoubleVector x = select(low, a0, b0);
      DoubleVector y = multiply(select(high, a0, b0), f, f.neg(), f.mul(ni), p);
      x.add(y).intoArray(a, j);
      x.sub(y).intoArray(a, j + COUNT);
    }
  }

  /// Distance 4; the elements that are not multiplied are centred.
  static void fourCentred(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector low = LaneOrders.LOW_4;
    LongVector high = LaneOrders.HIGH_4;
    LongVector each = LaneOrders.EACH_4;
    for (int j = from; j < to; j += 2 * COUNT) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + COUNT);
      DoubleVector f = spread(each, load(w, (a.length + j) >> 3));
      DoubleVector x = centre(select(low, a0, b0), p, ni);
      DoubleVector y = multiply(select(high, a0, b0), f, f.neg(), f.mul(ni), p);
      x.add(y).intoArray(a, j);
      x.sub(y).intoArray(a, j + COUNT);
    }
  }

  /// Distance 2.
  static void two(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector low = LaneOrders.LOW_2;
    LongVector high = LaneOrders.HIGH_2;
    LongVector each = LaneOrders.EACH_2;
    for (int j = from; j < to; j += 2 * COUNT) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + COUNT);
      DoubleVector f = spread(each, load(w, (a.length + j) >> 2));
      DoubleVector x = select(low, a0, b0);
      DoubleVector y = multiply(select(high, a0, b0), f, f.neg(), f.mul(ni), p);
      x.add(y).intoArray(a, j);
      x.sub(y).intoArray(a, j + COUNT);
    }
  }

  /// Distance 1; merges and centres.
  static void one(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector low = LaneOrders.LOW_1;
    LongVector high = LaneOrders.HIGH_1;
    LongVector first = LaneOrders.MERGED_FIRST;
    LongVector second = LaneOrders.MERGED_SECOND;
    for (int j = from; j < to; j += 2 * COUNT) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + COUNT);
      DoubleVector f = load(w, (a.length + j) >> 1);
      DoubleVector x = select(low, a0, b0);
      DoubleVector y = multiply(select(high, a0, b0), f, f.neg(), f.mul(ni), p);
      DoubleVector a1 = centre(x.add(y), p, ni);
      DoubleVector b1 = centre(x.sub(y), p, ni);
      select(first, a1, b1).intoArray(a, j);
      select(second, a1, b1).intoArray(a, j + COUNT);
    }
  }
}
