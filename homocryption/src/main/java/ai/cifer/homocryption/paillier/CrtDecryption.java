package ai.cifer.homocryption.paillier;

import java.math.BigInteger;

/// Decryption modulo p² and q², with the exponents blinded.
///
/// For each prime, with a fresh random `u` (Kocher's exponent blinding in multiplicative form):
///
/// ```
/// x   = c^(u·(p-1)) mod p²  = 1 + p·(u·m·(p-1)·q mod p)   since (1+n)^(p-1) = 1 + n(p-1) mod p²
/// m_p = ⌊x / p⌋·(-q)^-1 mod p = u·m mod p                 since (p-1)·q = -q mod p
/// ```
///
/// Chinese remaindering gives `u·m mod n`, and the product with `u^-1 mod n` gives m. So the
/// exponent that a measurement sees is fresh each time, and intermediate values are those of `u·m`.
///
/// `x = 1 mod p` is checked: if a processor's fault changed a power, nothing is given out. A wrong
/// plaintext modulo one prime would give the factors of n to whoever knows the right one.
sealed interface CrtDecryption extends AutoCloseable permits GmpDecryption, BigIntegerDecryption {
  /// Bits of a blinding factor.
  int BLINDING_BITS = 64;

  /// @param c in (0, n²), prime to n
  /// @param u in [2^63, 2^64)
  /// @param inverse of u modulo n
  /// @return the plaintext, in [0, n)
  BigInteger decrypt(BigInteger c, BigInteger u, BigInteger inverse);

  /// What a failed check throws.
  static IllegalStateException fault() {
    return new IllegalStateException(
        "decryption: a power is wrong (expected: 1 modulo its prime); the machine computes wrongly,"
            + " or the key was overwritten in memory: use another machine");
  }

  /// Zeroes what can be zeroed.
  @Override
  void close();
}
