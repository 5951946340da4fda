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

  /// As [FmaArithmetic#multiply]; the caller negates `w` once for several products.
  static DoubleVector multiply(
      DoubleVector a, DoubleVector w, DoubleVector negatedW, DoubleVector p, DoubleVector ni) {
    DoubleVector high = a.mul(w);
    DoubleVector quotient = high.fma(ni, all(FmaArithmetic.ROUNDER)).sub(FmaArithmetic.ROUNDER);
    return quotient.fma(p, high).sub(a.fma(negatedW, high));
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
