package ai.cifer.homocryption.threshold;

/// How much smudging error (also called noise flooding) every partial decryption under a key gets:
/// `σ_fl = √(12·τ)·2^(s/2)·ct_err`.
///
/// Where it comes from: released values may not depend on which of two inputs with the same result
/// was encrypted. Two such results differ by at most `ct_err` (Euclidean norm of the coefficients);
/// under a Gaussian error of σ_fl their Kullback-Leibler divergence is `ct_err²/(2σ_fl²) =
/// 2^-s/(24·τ)`, so that of τ of them together is at most `2^-s/24`. This keeps s bits of security
/// in the measure of the paper; the statistical distance is below `2^(-s/2)/6` (Pinsker).
///
/// Inputs here are encoded plaintexts, and results those of the circuit on them: what the encoder
/// itself rounds ([CircuitErrorBound#approximation]) is part of the result, not of the error. Two
/// vectors of numbers whose results are equal only before encoding are not hidden from each other
/// by more than the ratio of σ_fl to that rounding; the key is.
///
/// | τ | s | bits over ct_err |
/// |---|---|---|
/// | 1 | 30 | 16.8 |
/// | 1 | 40 | 21.8 |
/// | 1024 | 30 | 21.8 |
/// | 1024 | 40 | 26.8 |
///
/// A policy belongs to a key for its whole life, since the errors that were already given assumed
/// its τ: the [DecryptionLog] keeps it and refuses another.
///
/// @param decryptions τ, 1 to 2^20: the most partial decryptions that a party ever gives under the
///   key
/// @param statisticalBits s, 30 to 128
/// @see <a href="https://eprint.iacr.org/2022/816">Li, Micciancio, Schultz, Sorrell: Securing
///   Approximate Homomorphic Encryption Using Differential Privacy</a>
public record SmudgingPolicy(long decryptions, int statisticalBits) {
  private static final long MOST_DECRYPTIONS = 1L << 20;

  public SmudgingPolicy {
    if (decryptions < 1 || decryptions > MOST_DECRYPTIONS) {
      throw new IllegalArgumentException(
          "decryptions: " + decryptions + " (expected: 1 to " + MOST_DECRYPTIONS + ")");
    }
    if (statisticalBits < 30 || statisticalBits > 128) {
      throw new IllegalArgumentException(
          "statistical_bits: " + statisticalBits + " (expected: 30 to 128)");
    }
  }

  /// `√(12·τ)·2^(s/2)`.
  double factor() {
    return Math.sqrt(12.0 * decryptions) * Math.pow(2, statisticalBits / 2.0);
  }
}
