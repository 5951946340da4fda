package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.VectorArithmetic.all;
import static ai.cifer.homocryption.kernel.VectorArithmetic.centre;
import static ai.cifer.homocryption.kernel.VectorArithmetic.load;
import static ai.cifer.homocryption.kernel.VectorArithmetic.multiply;
import static ai.cifer.homocryption.kernel.VectorArithmetic.select;
import static ai.cifer.homocryption.kernel.VectorArithmetic.spread;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;

/// The first stages of the inverse transform, inside pairs of vectors, for 8, 4 and 2 lanes:
/// [VectorTail] backwards.
final class VectorHead {
  private VectorHead() {}

  static void eight(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector evens = LaneOrders.EVENS;
    LongVector odds = LaneOrders.ODDS;
    LongVector low1 = LaneOrders.LOW_1;
    LongVector high1 = LaneOrders.HIGH_1;
    LongVector low2 = LaneOrders.LOW_2;
    LongVector high2 = LaneOrders.HIGH_2;
    LongVector low4 = LaneOrders.LOW_4;
    LongVector high4 = LaneOrders.HIGH_4;
    LongVector each2 = LaneOrders.EACH_2;
    LongVector each4 = LaneOrders.EACH_4;
    for (int j = from; j < to; j += 16) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + 8);
      DoubleVector w1 = load(w, (a.length + j) >> 1);
      DoubleVector x1 = select(evens, a0, b0);
      DoubleVector y1 = select(odds, a0, b0);
      DoubleVector a1 = x1.add(y1);
      DoubleVector b1 = multiply(x1.sub(y1), w1, w1.neg(), p, ni);
      DoubleVector w2 = spread(each2, load(w, (a.length + j) >> 2));
      DoubleVector x2 = select(low1, a1, b1);
      DoubleVector y2 = select(high1, a1, b1);
      DoubleVector a2 = x2.add(y2);
      DoubleVector b2 = multiply(x2.sub(y2), w2, w2.neg(), p, ni);
      DoubleVector w4 = spread(each4, load(w, (a.length + j) >> 3));
      DoubleVector x4 = select(low2, a2, b2);
      DoubleVector y4 = select(high2, a2, b2);
      DoubleVector a4 = centre(x4.add(y4), p, ni);
      DoubleVector b4 = multiply(x4.sub(y4), w4, w4.neg(), p, ni);
      select(low4, a4, b4).intoArray(a, j);
      select(high4, a4, b4).intoArray(a, j + 8);
    }
  }

  static void four(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector evens = LaneOrders.EVENS;
    LongVector odds = LaneOrders.ODDS;
    LongVector low1 = LaneOrders.LOW_1;
    LongVector high1 = LaneOrders.HIGH_1;
    LongVector low2 = LaneOrders.LOW_2;
    LongVector high2 = LaneOrders.HIGH_2;
    LongVector each2 = LaneOrders.EACH_2;
    for (int j = from; j < to; j += 8) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + 4);
      DoubleVector w1 = load(w, (a.length + j) >> 1);
      DoubleVector x1 = select(evens, a0, b0);
      DoubleVector y1 = select(odds, a0, b0);
      DoubleVector a1 = x1.add(y1);
      DoubleVector b1 = multiply(x1.sub(y1), w1, w1.neg(), p, ni);
      DoubleVector w2 = spread(each2, load(w, (a.length + j) >> 2));
      DoubleVector x2 = select(low1, a1, b1);
      DoubleVector y2 = select(high1, a1, b1);
      DoubleVector a2 = centre(x2.add(y2), p, ni);
      DoubleVector b2 = multiply(x2.sub(y2), w2, w2.neg(), p, ni);
      select(low2, a2, b2).intoArray(a, j);
      select(high2, a2, b2).intoArray(a, j + 4);
    }
  }

  static void two(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector evens = LaneOrders.EVENS;
    LongVector odds = LaneOrders.ODDS;
    LongVector low1 = LaneOrders.LOW_1;
    LongVector high1 = LaneOrders.HIGH_1;
    for (int j = from; j < to; j += 4) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + 2);
      DoubleVector w1 = load(w, (a.length + j) >> 1);
      DoubleVector x1 = select(evens, a0, b0);
      DoubleVector y1 = select(odds, a0, b0);
      DoubleVector a1 = centre(x1.add(y1), p, ni);
      DoubleVector b1 = multiply(x1.sub(y1), w1, w1.neg(), p, ni);
      select(low1, a1, b1).intoArray(a, j);
      select(high1, a1, b1).intoArray(a, j + 2);
    }
  }
}
