package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksParameters;

/// A static bound on the error of a circuit's result: it follows from the circuit and from public
/// bounds on its inputs, never from a ciphertext or a decryption.
///
/// Whoever gives a partial decryption trusts this bound: he computes it himself for a circuit that
/// he agreed to, and gives the share only for ciphertexts whose whole computation he verified
/// (signed inputs, the allowed circuit). A bound that is too small makes the smudging too small.
///
/// Norm: the canonical one, `‖e‖ = max |e(ζ)|` over the complex roots of `X^N + 1`, in units of
/// coefficients, that is, before the division by the scale. It bounds the Euclidean norm of the
/// coefficients, `‖e‖_2 ≤ ‖e‖`, which is what the argument of [SmudgingPolicy] needs, and it bounds
/// the error of every slot, `‖e‖/scale`.
///
/// [TrackedErrorBound] follows the evaluator's operations; other implementations may know more
/// about their circuit.
public interface CircuitErrorBound {
  CkksParameters parameters();

  /// The level of the result.
  int level();

  /// The scale of the result.
  double scale();

  /// Bound on the error that depends on the key: what encryption, key switching and rescaling
  /// added, compared with the same circuit on the encoded plaintexts, exactly.
  double error();

  /// Bound on the deviation of that circuit on encoded plaintexts from the one on real numbers. It
  /// depends on no secret key, so it is not smudged; it counts for the precision only.
  double approximation();

  /// Bound on the result itself, `‖m‖ ≤ scale·largest value`.
  double magnitude();
}
