package ai.cifer.homocryption.rns;

import java.math.BigInteger;

/// From the residues of x modulo consecutive primes `b_0 … b_{m-1}`, product B, to the residues of
/// the same integer, centred modulo B, modulo other primes.
///
/// ```
/// y_i = x·(B/b_i)^-1 mod b_i, centred        v = ⌊Σ y_i/b_i⌉
/// x   = Σ y_i·(B/b_i) - v·B
/// ```
///
/// `Σ y_i/b_i` is computed in doubles with an error below `m·2^-52`, so the result is the integer
/// of `(-B/2, B/2)`, except that where `|x|` is within `m·2^-52·B` of B/2 it can be off by B.
///
/// @see <a href="https://eprint.iacr.org/2018/117">Halevi, Polyakov, Shoup: An Improved RNS Variant
///   of the BFV Homomorphic Encryption Scheme, section 2.2</a>
final class BaseConversion {
  private final RnsRing ring;
  private final int from;
  private final int count;

  /// `(B/b_i)^-1 mod b_i`, centred.
  private final double[] hatInverse;

  private final double[] reciprocal;

  /// `factors[t][i] = B/b_i mod t`, then `-B mod t`.
  private final double[][] factors;

  /// @param from the first source prime
  /// @param to after the last source prime
  BaseConversion(RnsRing ring, int from, int to) {
    this.ring = ring;
    this.from = from;
    this.count = to - from;
    BigInteger base = ring.product(from, to);
    this.hatInverse = new double[count];
    this.reciprocal = new double[count];
    this.factors = new double[ring.primes()][count + 1];
    for (int i = 0; i < count; i++) {
      BigInteger hat = base.divide(BigInteger.valueOf(ring.prime(from + i)));
      hatInverse[i] = ring.inverse(hat, from + i);
      reciprocal[i] = 1.0 / ring.prime(from + i);
      for (int t = 0; t < factors.length; t++) {
        factors[t][i] = ring.constant(hat, t);
      }
    }
    for (int t = 0; t < factors.length; t++) {
      factors[t][count] = ring.constant(base.negate(), t);
    }
  }

  /// Whether prime number `index` is among the sources.
  boolean contains(int index) {
    return index >= from && index < from + count;
  }

  int from() {
    return from;
  }

  int to() {
    return from + count;
  }

  /// Rows that [#prepare] needs: one for each source prime, and one more if there are several.
  int digits() {
    return count == 1 ? 1 : count + 1;
  }

  /// Turns coefficients into the digits `y_0 … y_{m-1}, v`, in place.
  ///
  /// @param x [#digits] rows, of which the first m hold the coefficients, centred
  void prepare(double[][] x) {
    if (count == 1) {
      return;
    }
    double[] v = x[count];
    for (int i = 0; i < count; i++) {
      ring.kernel(from + i).multiply(x[i], hatInverse[i], x[i]);
    }
    for (int j = 0; j < v.length; j++) {
      v[j] = x[0][j] * reciprocal[0];
    }
    for (int i = 1; i < count; i++) {
      double[] y = x[i];
      double r = reciprocal[i];
      for (int j = 0; j < v.length; j++) {
        v[j] += y[j] * r;
      }
    }
    for (int j = 0; j < v.length; j++) {
      v[j] = Math.rint(v[j]);
    }
  }

  /// The residues modulo prime number `target`, coefficients, centred.
  ///
  /// @param digits as [#prepare] left them
  void convert(double[][] digits, int target, double[] out) {
    if (count == 1) {
      ring.kernel(target).reduce(digits[0], out);
      return;
    }
    ring.fused(target).combine(digits, count + 1, factors[target], out);
  }
}
