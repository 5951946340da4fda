package ai.cifer.homocryption.ckks;

/// Parameter sets at 128 bits of classical security after the caps of the Security Guidelines of
/// 2024 (ternary secret, σ = 3.19).
///
/// | set | N | Q (bits) | P (bits) | total / cap | depth | scale |
/// |---|---|---|---|---|---|---|
/// | C13 | 8192 | 44, 3 × 40 | 50 | 214 / 214 | 3 | 2^40 |
/// | C14 | 16384 | 50, 7 × 45 | 50 | 415 / 430 | 7 | 2^45 |
/// | CS14 | 16384 | 2 × 45, 3 × (40 + 40) | 2 × 46 | 422 / 430 | 3 | 2^80 |
/// | C15 | 32768 | 50, 15 × 45 | 3 × 47 | 866 / 868 | 15 | 2^45 |
/// | C15b | 32768 | 50, 16 × 40 | 4 × 43 | 862 / 868 | 16 | 2^40 |
/// | C16 | 65536 | 50, 33 × 45 | 4 × 47 | 1723 / 1747 | 33 | 2^45 |
/// | C16b | 65536 | 50, 37 × 40 | 5 × 43 | 1745 / 1747 | 37 | 2^40 |
///
/// @see <a href="https://eprint.iacr.org/2024/463">Security Guidelines for Implementing Homomorphic
///   Encryption</a>
public enum Preset {
  /// Inference and sums: depth 3 in ciphertexts of 4096 slots.
  C13(13, 1, 44, 40, 1, 3, 50, 1),
  /// Inference: depth 7 in ciphertexts of 8192 slots.
  C14(14, 1, 50, 45, 1, 7, 50, 1),
  /// Results that a threshold of parties decrypts: composite scaling with Δ = 2^80, depth 3.
  CS14(14, 2, 45, 40, 2, 3, 46, 2),
  /// Logistic regression: depth 15 in ciphertexts of 16384 slots.
  C15(15, 1, 50, 45, 1, 15, 47, 3),
  /// As C15 with depth 16 and less precision.
  C15b(15, 1, 50, 40, 1, 16, 43, 4),
  /// Deep computations: depth 33 in ciphertexts of 32768 slots.
  C16(16, 1, 50, 45, 1, 33, 47, 4),
  /// As C16 with depth 37 and less precision.
  C16b(16, 1, 50, 40, 1, 37, 43, 5);

  final int logDegree;
  final int basePrimes;
  final int baseBits;
  final int scalePrimeBits;
  final int primesPerLevel;
  final int depth;
  final int specialBits;
  final int specialPrimes;

  Preset(
      int logDegree,
      int basePrimes,
      int baseBits,
      int scalePrimeBits,
      int primesPerLevel,
      int depth,
      int specialBits,
      int specialPrimes) {
    this.logDegree = logDegree;
    this.basePrimes = basePrimes;
    this.baseBits = baseBits;
    this.scalePrimeBits = scalePrimeBits;
    this.primesPerLevel = primesPerLevel;
    this.depth = depth;
    this.specialBits = specialBits;
    this.specialPrimes = specialPrimes;
  }
}
