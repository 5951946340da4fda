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

/// The first stages of the inverse transform, inside pairs of vectors: [VectorTail] backwards. The
/// last stage that there is for the lanes in use centres its sums.
final class VectorHead {
  private VectorHead() {}

  /// Distance 1.
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
      DoubleVector x = select(evens, a0, b0);
      DoubleVector y = select(odds, a0, b0);
      DoubleVector f = load(w, (a.length + j) >> 1);
      DoubleVector sum = COUNT == 2 ? centre(x.add(y), p, ni) : x.add(y);
      DoubleVector product = multiply(x.sub(y), f, f.neg(), f.mul(ni), p);
      select(low, sum, product).intoArray(a, j);
      select(high, sum, product).intoArray(a, j + COUNT);
    }
  }

  /// Distance 2, for 4 and 8 lanes.
  static void two(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector each = LaneOrders.EACH_2;
    LongVector low = LaneOrders.LOW_2;
    LongVector high = LaneOrders.HIGH_2;
    for (int j = from; j < to; j += 2 * COUNT) {
      DoubleVector x = load(a, j);
      DoubleVector y = load(a, j + COUNT);
      DoubleVector f = spread(each, load(w, (a.length + j) >> 2));
      DoubleVector sum = COUNT == 4 ? centre(x.add(y), p, ni) : x.add(y);
      DoubleVector product = multiply(x.sub(y), f, f.neg(), f.mul(ni), p);
      select(low, sum, product).intoArray(a, j);
      select(high, sum, product).intoArray(a, j + COUNT);
    }
  }

  /// Distance 4, for 8 lanes.
  static void four(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector each = LaneOrders.EACH_4;
    LongVector low = LaneOrders.LOW_4;
    LongVector high = LaneOrders.HIGH_4;
    for (int j = from; j < to; j += 2 * COUNT) {
      DoubleVector x = load(a, j);
      DoubleVector y = load(a, j + COUNT);
      DoubleVector f = spread(each, load(w, (a.length + j) >> 3));
      DoubleVector sum = centre(x.add(y), p, ni);
      DoubleVector product = multiply(x.sub(y), f, f.neg(), f.mul(ni), p);
      select(low, sum, product).intoArray(a, j);
      select(high, sum, product).intoArray(a, j + COUNT);
    }
  }
}
