package ai.cifer.homocryption.kernel;

/// Powers of a primitive 2N-th root of unity ψ modulo one prime, centred, in bit-reversed order:
/// `forward[i] = ψ^brev(i)`, `inverse[i] = ψ^-brev(i)`, `|w| ≤ p/2`.
///
/// The root and the order are part of the specification of a masked block, because blocks are sent
/// in the transformed domain: position `i` holds the value at `ψ^(2·brev(i) + 1)`.
public final class NttTables {
  final double prime;
  final int degree;
  final double[] forward;
  final double[] inverse;

  /// `N^-1 mod p`, centred.
  final double degreeInverse;

  /// `N^-1·ψ^-brev(1) mod p`, centred: the factor of the last inverse stage.
  final double scaledLastInverse;

  /// Builds the tables by 2N modular multiplications.
  ///
  /// @param prime below 2^50 and ≡ 1 mod 2·degree
  /// @param degree a power of two ≥ 16
  /// @param root ψ with `ψ^degree ≡ -1`, in (0, prime)
  /// @param rootInverse `ψ^-1`, in (0, prime)
  /// @param degreeInverse `degree^-1`, in (0, prime)
  public NttTables(long prime, int degree, long root, long rootInverse, long degreeInverse) {
    this.prime = (double) prime;
    this.degree = degree;
    this.forward = powers(this.prime, degree, (double) root);
    this.inverse = powers(this.prime, degree, (double) rootInverse);
    double negatedInverse = -1 / this.prime;
    this.degreeInverse = FmaArithmetic.centre((double) degreeInverse, this.prime, negatedInverse);
    this.scaledLastInverse =
        FmaArithmetic.centre(
            FmaArithmetic.multiply(this.degreeInverse, inverse[1], this.prime, negatedInverse),
            this.prime,
            negatedInverse);
  }

  private static double[] powers(double prime, int degree, double root) {
    int bits = Integer.numberOfTrailingZeros(degree);
    double negatedInverse = -1 / prime;
    double centredRoot = FmaArithmetic.centre(root, prime, negatedInverse);
    double[] powers = new double[degree];
    double power = 1;
    for (int i = 0; i < degree; i++) {
      powers[Integer.reverse(i) >>> (32 - bits)] = power;
      power =
          FmaArithmetic.centre(
              FmaArithmetic.multiply(power, centredRoot, prime, negatedInverse),
              prime,
              negatedInverse);
    }
    return powers;
  }
}
