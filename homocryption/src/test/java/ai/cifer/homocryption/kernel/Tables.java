package ai.cifer.homocryption.kernel;

import java.math.BigInteger;

/// Primes, roots and inputs for tests, by big integers.
final class Tables {
  private Tables() {}

  /// The largest prime below 2^bits that is 1 mod 2·degree.
  static long prime(int bits, int degree) {
    long candidate = (1L << bits) + 1 - 2L * degree;
    while (!BigInteger.valueOf(candidate).isProbablePrime(60)) {
      candidate -= 2L * degree;
    }
    return candidate;
  }

  /// Some ψ with `ψ^degree = -1`.
  static BigInteger root(long prime, int degree) {
    BigInteger p = BigInteger.valueOf(prime);
    BigInteger exponent = BigInteger.valueOf((prime - 1) / (2L * degree));
    for (long g = 2; ; g++) {
      BigInteger root = BigInteger.valueOf(g).modPow(exponent, p);
      if (root.modPow(BigInteger.valueOf(degree), p).equals(p.subtract(BigInteger.ONE))) {
        return root;
      }
    }
  }

  static NttTables of(long prime, int degree) {
    BigInteger p = BigInteger.valueOf(prime);
    BigInteger root = root(prime, degree);
    return new NttTables(
        prime,
        degree,
        root.longValueExact(),
        root.modInverse(p).longValueExact(),
        BigInteger.valueOf(degree).modInverse(p).longValueExact());
  }

  /// The centred representative of any integer.
  static double centred(BigInteger value, long prime) {
    BigInteger residue = value.mod(BigInteger.valueOf(prime));
    long r = residue.longValueExact();
    return (double) (r > prime / 2 ? r - prime : r);
  }
}
