package ai.cifer.homocryption.paillier;

import java.math.BigInteger;

/// Arithmetic modulo n², by one of two back ends with the same results.
///
/// Thread-safe.
sealed interface Engine permits GmpEngine, BigIntegerEngine {

  static Engine of(PaillierBackend backend, PaillierPublicKey key) {
    return switch (backend) {
      case GMP ->
          new GmpEngine(
              Gmp.instance()
                  .orElseThrow(() ->
                      new IllegalStateException(
                          "GMP: absent (expected: present); use PaillierBackend.best(), or: "
                              + Gmp.statement())),
              key);
      case BIG_INTEGER -> new BigIntegerEngine(key);
    };
  }

  /// `a·b mod n²`, for public numbers in [0, n²).
  BigInteger multiply(BigInteger a, BigInteger b);

  /// `base^exponent mod modulus`, for an odd modulus.
  ///
  /// @param exponent secret, in [0, 2^exponentBits)
  BigInteger power(BigInteger base, BigInteger exponent, int exponentBits, BigInteger modulus);

  /// A table of powers of a base, in the form that this engine reads.
  FixedBaseTable table(BigInteger base, int exponentBits);

  /// `factor·b^exponent mod n²` for the base `b` of the table.
  ///
  /// @param table of this engine
  /// @param exponent secret, of the table's length
  BigInteger mask(FixedBaseTable table, byte[] exponent, BigInteger factor);

  /// `(1 + message·n)·b^exponent mod n²` for the base `b` of the table.
  ///
  /// @param table of this engine
  /// @param message secret, in [0, n)
  BigInteger encrypt(FixedBaseTable table, byte[] exponent, BigInteger message);

  /// The half of decryption that holds the secret key; see [CrtDecryption].
  CrtDecryption decryption(PaillierSecretKey key);
}
