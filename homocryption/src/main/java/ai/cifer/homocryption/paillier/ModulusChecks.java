package ai.cifer.homocryption.paillier;

import java.math.BigInteger;

/// What can be seen of a modulus without its factors.
///
/// Refused: an even number, a prime factor below 2^16, a perfect power, a prime or Carmichael
/// number (`2^(n-1) = 1 mod n`, which no product of two random primes satisfies), two primes so
/// close that Fermat's method finds them. Not seen from outside: `gcd(n, φ(n)) ≠ 1`, for which
/// [PaillierKeyProof] exists, and weaknesses that harm the owner alone, such as a smooth p - 1.
final class ModulusChecks {
  /// Bound of trial division, also the α of [PaillierKeyProof].
  static final int SMALL_FACTOR_BITS = 16;

  private static final int FERMAT_STEPS = 1000;
  private static final BigInteger TWO = BigInteger.TWO;

  /// 3·5·7·…·53, 64 bits: finds three of four candidates in a microsecond.
  private static final BigInteger TINY_PRIMES = new BigInteger("16294579238595022365");

  private ModulusChecks() {}

  /// The product of all odd primes below 2^16, made at the first use.
  private static final class SmallPrimes {
    static final BigInteger PRODUCT = product(3, 1 << SMALL_FACTOR_BITS);

    /// As a tree, so that the factors of a product are of one size.
    private static BigInteger product(int from, int to) {
      if (to - from > 64) {
        int middle = (from + to) >>> 1;
        return product(from, middle).multiply(product(middle, to));
      }
      BigInteger product = BigInteger.ONE;
      for (int i = from; i < to; i++) {
        if (i % 2 == 1 && isPrime(i)) {
          product = product.multiply(BigInteger.valueOf(i));
        }
      }
      return product;
    }

    private static boolean isPrime(int odd) {
      for (int d = 3; d * d <= odd; d += 2) {
        if (odd % d == 0) {
          return false;
        }
      }
      return true;
    }
  }

  static boolean hasSmallFactor(BigInteger value) {
    return !value.testBit(0)
        || !value.mod(TINY_PRIMES).gcd(TINY_PRIMES).equals(BigInteger.ONE)
        || !value.gcd(SmallPrimes.PRODUCT.mod(value)).equals(BigInteger.ONE);
  }

  static void require(BigInteger n, int leastBits, int mostBits) {
    int bits = n.bitLength();
    if (n.signum() <= 0 || bits < leastBits || bits > mostBits) {
      throw invalid(
          n.signum() <= 0 ? "not positive" : bits + " bits",
          leastBits + " to " + mostBits + " bits");
    }
    if (!n.testBit(0)) {
      throw invalid("even", "odd");
    }
    if (hasSmallFactor(n)) {
      throw invalid("has a prime factor below 2^16", "none");
    }
    if (isPerfectPower(n)) {
      throw invalid("a perfect power", "a product of two different primes");
    }
    if (TWO.modPow(n.subtract(BigInteger.ONE), n).equals(BigInteger.ONE)) {
      throw invalid("prime, or a Carmichael number", "a product of two random primes");
    }
    if (hasCloseFactors(n)) {
      throw invalid("its factors are so close that they were found", "independent primes");
    }
  }

  /// A factor of 2^16 or more leaves room for exponents up to bits / 16.
  private static boolean isPerfectPower(BigInteger n) {
    for (int k = 2; k <= n.bitLength() / SMALL_FACTOR_BITS; k++) {
      if (BigInteger.valueOf(k).isProbablePrime(20) && root(n, k).pow(k).equals(n)) {
        return true;
      }
    }
    return false;
  }

  /// `⌊n^(1/k)⌋` by Newton's iteration from above.
  private static BigInteger root(BigInteger n, int k) {
    BigInteger x = BigInteger.ONE.shiftLeft((n.bitLength() + k - 1) / k);
    while (true) {
      BigInteger next =
          x.multiply(BigInteger.valueOf(k - 1L))
              .add(n.divide(x.pow(k - 1)))
              .divide(BigInteger.valueOf(k));
      if (next.compareTo(x) >= 0) {
        return x;
      }
      x = next;
    }
  }

  /// Fermat: `n = a² - b²` for a near √n, found in `(p - q)² / (8·√n)` steps.
  private static boolean hasCloseFactors(BigInteger n) {
    BigInteger a = n.sqrt();
    if (a.multiply(a).compareTo(n) < 0) {
      a = a.add(BigInteger.ONE);
    }
    BigInteger difference = a.multiply(a).subtract(n);
    for (int step = 0; step < FERMAT_STEPS; step++) {
      if (isSquare(difference)) {
        return true;
      }
      difference = difference.add(a.shiftLeft(1)).add(BigInteger.ONE);
      a = a.add(BigInteger.ONE);
    }
    return false;
  }

  private static boolean isSquare(BigInteger value) {
    // Squares are 0, 1, 4 or 9 modulo 16: three quarters need no root.
    int low = value.intValue() & 15;
    if (low != 0 && low != 1 && low != 4 && low != 9) {
      return false;
    }
    return value.sqrtAndRemainder()[1].signum() == 0;
  }

  private static PaillierException.InvalidKey invalid(String fact, String expected) {
    return new PaillierException.InvalidKey(
        "modulus: " + fact + " (expected: " + expected + "); ask its owner for a new public key");
  }
}
