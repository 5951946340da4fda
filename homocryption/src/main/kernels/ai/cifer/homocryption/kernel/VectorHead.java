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

/// The first stages of the inverse transform, inside pairs of vectors: [VectorTail] backwards.
final class VectorHead {
  private VectorHead() {}

  /// Distances 1 and 2. With 8 lanes both vectors keep the order that [#four] undoes and the sums
  /// stay as they are, with 4 lanes the sums are centred.
  static void oneAndTwo(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector evens = LaneOrders.EVENS;
    LongVector odds = LaneOrders.ODDS;
    LongVector low1 = LaneOrders.LOW_1;
    LongVector high1 = LaneOrders.HIGH_1;
    LongVector low2 = LaneOrders.LOW_2;
    LongVector high2 = LaneOrders.HIGH_2;
    LongVector each = LaneOrders.EACH_2;
    for (int j = from; j < to; j += 2 * COUNT) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + COUNT);
      DoubleVector f1 = load(w, (a.length + j) >> 1);
      DoubleVector x1 = select(evens, a0, b0);
      DoubleVector y1 = select(odds, a0, b0);
      DoubleVector a1 = x1.add(y1);
      DoubleVector b1 = multiply(x1.sub(y1), f1, f1.neg(), f1.mul(ni), p);
      DoubleVector f2 = spread(each, load(w, (a.length + j) >> 2));
      DoubleVector x2 = select(low1, a1, b1);
      DoubleVector y2 = select(high1, a1, b1);
      DoubleVector a2 = COUNT == 8 ? x2.add(y2) : centre(x2.add(y2), p, ni);
      DoubleVector b2 = multiply(x2.sub(y2), f2, f2.neg(), f2.mul(ni), p);
      select(low2, a2, b2).intoArray(a, j);
      select(high2, a2, b2).intoArray(a, j + COUNT);
    }
  }

  /// Distance 4, for 8 lanes.
  static void four(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector low = LaneOrders.LOW_4;
    LongVector high = LaneOrders.HIGH_4;
    LongVector each = LaneOrders.EACH_4;
    for (int j = from; j < to; j += 2 * COUNT) {
      DoubleVector x = load(a, j);
      DoubleVector y = load(a, j + COUNT);
      DoubleVector f = spread(each, load(w, (a.length + j) >> 3));
      DoubleVector a4 = centre(x.add(y), p, ni);
      DoubleVector b4 = multiply(x.sub(y), f, f.neg(), f.mul(ni), p);
      select(low, a4, b4).intoArray(a, j);
      select(high, a4, b4).intoArray(a, j + COUNT);
    }
  }

  /// Distance 1, for 2 lanes.
  static void one(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector evens = LaneOrders.EVENS;
    LongVector odds = LaneOrders.ODDS;
    LongVector low = LaneOrders.LOW_1;
    LongVector high = LaneOrders.HIGH_1;
    for (int j = from; j < to; j += 2 * COUNT) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + COUNT);
      DoubleVector f = load(w, (a.length + j) >> 1);
      DoubleVector x = select(evens, a0, b0);
      DoubleVector y = select(odds, a0, b0);
      DoubleVector a1 = centre(x.add(y), p, ni);
      DoubleVector b1 = multiply(x.sub(y), f, f.neg(), f.mul(ni), p);
      select(low, a1, b1).intoArray(a, j);
      select(high, a1, b1).intoArray(a, j + COUNT);
    }
  }
}
