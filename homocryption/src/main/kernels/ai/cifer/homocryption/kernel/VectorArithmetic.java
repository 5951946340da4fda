package ai.cifer.homocryption.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/// The operations of [FmaArithmetic] on vectors, and movements between the lanes of two vectors.
///
/// The methods that return a vector are written out where they are called (see the package's
/// documentation), so they may be called in any number.
final class VectorArithmetic {
  /// Lanes of every vector here: what the machine prefers, or what [Lanes] was told.
  static final VectorSpecies<Double> LANES = Lanes.species();

  static final int COUNT = LANES.length();

  private VectorArithmetic() {}

  static DoubleVector load(double[] a, int j) {
    return DoubleVector.fromArray(VectorArithmetic.LANES, a, j);
  }

  static DoubleVector all(double x) {
    return DoubleVector.broadcast(VectorArithmetic.LANES, x);
  }

  /// As [FmaArithmetic#multiply], in the same bound, with a quotient that does not wait for the
  /// product: `q = RN(w·ni)` errs by at most 2^-53 from `-w/p`, because `|w| ≤ (p-1)/2`.
  ///
  /// The caller computes `v = -w` and q once for several products.
  static DoubleVector multiply(
      DoubleVector a, DoubleVector w, DoubleVector v, DoubleVector q, DoubleVector p) {
    DoubleVector high = a.mul(w);
    DoubleVector quotient = a.fma(q, all(FmaArithmetic.ROUNDER)).sub(FmaArithmetic.ROUNDER);
    return quotient.fma(p, high).sub(a.fma(v, high));
  }

  /// As [FmaArithmetic#centre].
  static DoubleVector centre(DoubleVector x, DoubleVector p, DoubleVector ni) {
    DoubleVector quotient = x.fma(ni, all(FmaArithmetic.ROUNDER)).sub(FmaArithmetic.ROUNDER);
    return quotient.fma(p, x);
  }

  /// Lane i is lane `index[i]` of `a` followed by `b`.
  static DoubleVector select(LongVector index, DoubleVector a, DoubleVector b) {
    return index.selectFrom(a.reinterpretAsLongs(), b.reinterpretAsLongs()).reinterpretAsDoubles();
  }

  /// Lane i is lane `index[i]` of `a`.
  static DoubleVector spread(LongVector index, DoubleVector a) {
    return index.selectFrom(a.reinterpretAsLongs()).reinterpretAsDoubles();
  }
}
