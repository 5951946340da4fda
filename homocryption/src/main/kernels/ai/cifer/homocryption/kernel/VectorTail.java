package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.VectorArithmetic.all;
import static ai.cifer.homocryption.kernel.VectorArithmetic.centre;
import static ai.cifer.homocryption.kernel.VectorArithmetic.load;
import static ai.cifer.homocryption.kernel.VectorArithmetic.multiply;
import static ai.cifer.homocryption.kernel.VectorArithmetic.select;
import static ai.cifer.homocryption.kernel.VectorArithmetic.spread;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;

/// The last stages of the forward transform, inside pairs of vectors, for 8, 4 and 2 lanes; the
/// results are centred.
///
/// A stage of distance d exchanges lanes between the two vectors so that the partners of a
/// butterfly stand in the same lane of both: `x[i]` is lane i of the first or lane i - d of the
/// second, as bit d of i says (see [LaneOrders]). After distance 1 the vectors hold the elements of
/// even and of odd index.
final class VectorTail {
  private VectorTail() {}

  static void eight(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector low4 = LaneOrders.LOW_4;
    LongVector high4 = LaneOrders.HIGH_4;
    LongVector low2 = LaneOrders.LOW_2;
    LongVector high2 = LaneOrders.HIGH_2;
    LongVector low1 = LaneOrders.LOW_1;
    LongVector high1 = LaneOrders.HIGH_1;
    LongVector each4 = LaneOrders.EACH_4;
    LongVector each2 = LaneOrders.EACH_2;
    LongVector first = LaneOrders.MERGED_FIRST;
    LongVector second = LaneOrders.MERGED_SECOND;
    for (int j = from; j < to; j += 16) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + 8);
      DoubleVector w4 = spread(each4, load(w, (a.length + j) >> 3));
      DoubleVector x4 = select(low4, a0, b0);
      DoubleVector y4 = multiply(select(high4, a0, b0), w4, w4.neg(), p, ni);
      DoubleVector a4 = x4.add(y4);
      DoubleVector b4 = x4.sub(y4);
      DoubleVector w2 = spread(each2, load(w, (a.length + j) >> 2));
      DoubleVector x2 = select(low2, a4, b4);
      DoubleVector y2 = multiply(select(high2, a4, b4), w2, w2.neg(), p, ni);
      DoubleVector a2 = x2.add(y2);
      DoubleVector b2 = x2.sub(y2);
      DoubleVector w1 = load(w, (a.length + j) >> 1);
      DoubleVector x1 = select(low1, a2, b2);
      DoubleVector y1 = multiply(select(high1, a2, b2), w1, w1.neg(), p, ni);
      DoubleVector a1 = centre(x1.add(y1), p, ni);
      DoubleVector b1 = centre(x1.sub(y1), p, ni);
      select(first, a1, b1).intoArray(a, j);
      select(second, a1, b1).intoArray(a, j + 8);
    }
  }

  /// As [#eight]; the elements that the first stage does not multiply are centred.
  static void eightCentred(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector low4 = LaneOrders.LOW_4;
    LongVector high4 = LaneOrders.HIGH_4;
    LongVector low2 = LaneOrders.LOW_2;
    LongVector high2 = LaneOrders.HIGH_2;
    LongVector low1 = LaneOrders.LOW_1;
    LongVector high1 = LaneOrders.HIGH_1;
    LongVector each4 = LaneOrders.EACH_4;
    LongVector each2 = LaneOrders.EACH_2;
    LongVector first = LaneOrders.MERGED_FIRST;
    LongVector second = LaneOrders.MERGED_SECOND;
    for (int j = from; j < to; j += 16) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + 8);
      DoubleVector w4 = spread(each4, load(w, (a.length + j) >> 3));
      DoubleVector x4 = centre(select(low4, a0, b0), p, ni);
      DoubleVector y4 = multiply(select(high4, a0, b0), w4, w4.neg(), p, ni);
      DoubleVector a4 = x4.add(y4);
      DoubleVector b4 = x4.sub(y4);
      DoubleVector w2 = spread(each2, load(w, (a.length + j) >> 2));
      DoubleVector x2 = select(low2, a4, b4);
      DoubleVector y2 = multiply(select(high2, a4, b4), w2, w2.neg(), p, ni);
      DoubleVector a2 = x2.add(y2);
      DoubleVector b2 = x2.sub(y2);
      DoubleVector w1 = load(w, (a.length + j) >> 1);
      DoubleVector x1 = select(low1, a2, b2);
      DoubleVector y1 = multiply(select(high1, a2, b2), w1, w1.neg(), p, ni);
      DoubleVector a1 = centre(x1.add(y1), p, ni);
      DoubleVector b1 = centre(x1.sub(y1), p, ni);
      select(first, a1, b1).intoArray(a, j);
      select(second, a1, b1).intoArray(a, j + 8);
    }
  }

  static void four(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector low2 = LaneOrders.LOW_2;
    LongVector high2 = LaneOrders.HIGH_2;
    LongVector low1 = LaneOrders.LOW_1;
    LongVector high1 = LaneOrders.HIGH_1;
    LongVector each2 = LaneOrders.EACH_2;
    LongVector first = LaneOrders.MERGED_FIRST;
    LongVector second = LaneOrders.MERGED_SECOND;
    for (int j = from; j < to; j += 8) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + 4);
      DoubleVector w2 = spread(each2, load(w, (a.length + j) >> 2));
      DoubleVector x2 = select(low2, a0, b0);
      DoubleVector y2 = multiply(select(high2, a0, b0), w2, w2.neg(), p, ni);
      DoubleVector a2 = x2.add(y2);
      DoubleVector b2 = x2.sub(y2);
      DoubleVector w1 = load(w, (a.length + j) >> 1);
      DoubleVector x1 = select(low1, a2, b2);
      DoubleVector y1 = multiply(select(high1, a2, b2), w1, w1.neg(), p, ni);
      DoubleVector a1 = centre(x1.add(y1), p, ni);
      DoubleVector b1 = centre(x1.sub(y1), p, ni);
      select(first, a1, b1).intoArray(a, j);
      select(second, a1, b1).intoArray(a, j + 4);
    }
  }

  static void two(double[] a, int from, int to, double[] w, double prime, double inverse) {
    DoubleVector p = all(prime);
    DoubleVector ni = all(inverse);
    LongVector low1 = LaneOrders.LOW_1;
    LongVector high1 = LaneOrders.HIGH_1;
    LongVector first = LaneOrders.MERGED_FIRST;
    LongVector second = LaneOrders.MERGED_SECOND;
    for (int j = from; j < to; j += 4) {
      DoubleVector a0 = load(a, j);
      DoubleVector b0 = load(a, j + 2);
      DoubleVector w1 = load(w, (a.length + j) >> 1);
      DoubleVector x1 = select(low1, a0, b0);
      DoubleVector y1 = multiply(select(high1, a0, b0), w1, w1.neg(), p, ni);
      DoubleVector a1 = centre(x1.add(y1), p, ni);
      DoubleVector b1 = centre(x1.sub(y1), p, ni);
      select(first, a1, b1).intoArray(a, j);
      select(second, a1, b1).intoArray(a, j + 2);
    }
  }
}
