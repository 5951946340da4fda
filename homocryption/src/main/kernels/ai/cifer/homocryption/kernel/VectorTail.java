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

/// The last stages of the forward transform, inside pairs of vectors: distance 4 (with 8 lanes),
/// then 2 (with 4 or 8) and 1.
///
/// A stage of distance d exchanges lanes between the two vectors so that the partners of a
/// butterfly stand in the same lane of both: `x[i]` is lane i of the first or lane i - d of the
/// second, as bit d of i says (see [LaneOrders]). After distance 1 the vectors hold the elements of
/// even and of odd index, which are merged and centred.
///
/// Distance 4 has a pass of its own, because three stages in one are a chain of dependent
/// operations so long that a processor does not find enough others beside it: measured, 20 %
/// slower.
final class VectorTail {
  private VectorTail() {}

  /// Distance 4. Both vectors keep the order of the exchange.
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

  /// As [#four]; the elements that are not multiplied are centred.
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

  /// Distances 2 and 1.
  static void twoAndOne(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector low2 = LaneOrders.LOW_2;
    LongVector high2 = LaneOrders.HIGH_2;
    LongVector low1 = LaneOrders.LOW_1;
    LongVector high1 = LaneOrders.HIGH_1;
    LongVector each = LaneOrders.EACH_2;
    LongVector first = LaneOrders.MERGED_FIRST;
    LongVector second = LaneOrders.MERGED_SECOND;
    for (int j = from; j < to; j += 2 * COUNT) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + COUNT);
      DoubleVector f2 = spread(each, load(w, (a.length + j) >> 2));
      DoubleVector x2 = select(low2, a0, b0);
      DoubleVector y2 = multiply(select(high2, a0, b0), f2, f2.neg(), f2.mul(ni), p);
      DoubleVector a2 = x2.add(y2);
      DoubleVector b2 = x2.sub(y2);
      DoubleVector f1 = load(w, (a.length + j) >> 1);
      DoubleVector x1 = select(low1, a2, b2);
      DoubleVector y1 = multiply(select(high1, a2, b2), f1, f1.neg(), f1.mul(ni), p);
      DoubleVector a1 = centre(x1.add(y1), p, ni);
      DoubleVector b1 = centre(x1.sub(y1), p, ni);
      select(first, a1, b1).intoArray(a, j);
      select(second, a1, b1).intoArray(a, j + COUNT);
    }
  }

  /// Distance 1, for 2 lanes.
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
