package ai.cifer.homocryption.kernel;

/// Exact modular multiplication and reduction of integers held in doubles, by fused multiply-add.
///
/// A residue is an integer `x` with `|x| ≤ 2^52`, usually centred: `|x| ≤ (p-1)/2`. The arguments
/// `prime = p`, odd and below 2^50, and `negatedInverse = -RN(1/p)` are passed so that callers keep
/// them in registers. No result is ever -0, so equal residues have equal bits: the rounder gives
/// the quotient 0 as +0, and `+0·p + x` is +0 for both zeros.
///
/// Rounding to an integer adds and subtracts `ROUNDER = 1.5·2^52`: a sum in `[2^52, 2^53)` has unit
/// spacing, so the addition itself rounds to nearest, without branch or conversion.
///
/// Sources: the error-free product `a·w = h + l`, `h = RN(a·w)`, `l = fma(a, w, -h)` [1, section
/// 4.4]; the same reduction is used in [2].
///
/// [1] Muller et al., Handbook of Floating-Point Arithmetic. [2] van der Hoeven, Lecerf, Quintin,
/// Modular SIMD arithmetic in Mathemagix, arXiv 1407.3383.
public final class FmaArithmetic {
  /// `1.5·2^52`, see the class comment.
  static final double ROUNDER = 0x1.8p52;

  private static final long ROUNDER_BITS = Double.doubleToRawLongBits(ROUNDER);

  private FmaArithmetic() {}

  /// `a·w mod p`, in `|r| ≤ (1/2 + |a|·2^-53)·p`.
  ///
  /// Exactness: let `-q` be the rounded quotient of `h = RN(a·w)`. Then `|q - a·w/p| ≤ 1/2 +
  /// |a|·2^-53` (relative errors 2^-53 of `h` and of `1/p`, `|w| ≤ p/2`), and `|q| ≤ 2^51`, so the
  /// rounder works. `h - q·p` is an integer below 2^53 in magnitude, hence exact in one FMA; `h -
  /// a·w` is exact; so is their difference.
  ///
  /// @param a integer, `|a| ≤ 2^52`
  /// @param w integer, `|w| ≤ p/2`
  public static double multiply(double a, double w, double prime, double negatedInverse) {
    double high = a * w;
    double negatedQuotient = Math.fma(high, negatedInverse, ROUNDER) - ROUNDER;
    return Math.fma(negatedQuotient, prime, high) - Math.fma(a, -w, high);
  }

  /// The representative of `x` nearest to zero: `|r| ≤ (p - 1)/2`, for `|x| < 2^52` if `p ≥ 2^2`.
  ///
  /// Why it is never one off: `x/p` is at least `1/(2p)` away from a half-integer, because `x` is
  /// an integer and `p` is odd, while `x·RN(1/p)` errs by at most `|x/p|·2^-53 < 1/(2p)`.
  public static double centre(double x, double prime, double negatedInverse) {
    double negatedQuotient = Math.fma(x, negatedInverse, ROUNDER) - ROUNDER;
    return Math.fma(negatedQuotient, prime, x);
  }

  /// The integer held in `x`, `|x| ≤ 2^51`, without the conversion instruction's range branch.
  static long toLong(double x) {
    return Double.doubleToRawLongBits(x + ROUNDER) - ROUNDER_BITS;
  }
}
