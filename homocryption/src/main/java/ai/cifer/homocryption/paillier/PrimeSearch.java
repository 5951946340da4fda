package ai.cifer.homocryption.paillier;

import java.math.BigInteger;
import java.security.SecureRandom;

/// Draws primes for keys: uniform among the primes of exactly so many bits whose two highest bits
/// are set (so that the product of two has twice the bits) and that are 3 modulo 4.
final class PrimeSearch {
  private PrimeSearch() {}

  static BigInteger draw(int bits, SecureRandom random) {
    while (true) {
      BigInteger candidate =
          Numbers.random(bits, random).setBit(bits - 1).setBit(bits - 2).setBit(1).setBit(0);
      // Trial division leaves one candidate in ten; Fermat's test by GMP is five times as fast as
      // the test of Miller and Rabin, which decides.
      if (!ModulusChecks.hasSmallFactor(candidate) && maybePrime(candidate) && isPrime(candidate)) {
        return candidate;
      }
    }
  }

  /// Six rounds of Miller and Rabin with random bases, and Lucas' test: more than FIPS 186-5,
  /// appendix B.3, asks for primes of 1024 bits and above. `BigInteger` runs two rounds and Lucas'
  /// test on numbers of this size, whatever certainty is asked for, so it is asked three times.
  static boolean isPrime(BigInteger candidate) {
    for (int i = 0; i < 3; i++) {
      if (!candidate.isProbablePrime(Integer.MAX_VALUE)) {
        return false;
      }
    }
    return true;
  }

  private static boolean maybePrime(BigInteger candidate) {
    BigInteger exponent = candidate.subtract(BigInteger.ONE);
    int bits = candidate.bitLength();
    return Gmp.instance()
        .map(gmp -> GmpEngine.power(gmp, BigInteger.TWO, exponent, bits, candidate))
        .map(BigInteger.ONE::equals)
        .orElse(true);
  }
}
