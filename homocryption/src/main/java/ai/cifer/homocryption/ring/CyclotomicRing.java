package ai.cifer.homocryption.ring;

import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.kernel.NttTables;
import ai.cifer.homocryption.kernel.PrimeKernel;
import java.math.BigInteger;
import java.util.Arrays;

/// The ring `Z_Q[X]/(X^N + 1)` with `Q` a product of primes ≡ 1 mod 2N: its transforms and
/// constants. Immutable, shared by all threads.
///
/// Root of unity of a prime p, by definition of the wire format: `ψ = g^((p-1)/2N)` for the
/// smallest `g ≥ 2` with `ψ^N = -1`.
public final class CyclotomicRing {
  /// Bits of the smallest and of the largest prime.
  public static final int MIN_PRIME_BITS = 30;

  public static final int MAX_PRIME_BITS = 50;

  private static final int MIN_LOG_DEGREE = 8;
  private static final int MAX_LOG_DEGREE = 17;

  private final int degree;
  private final long[] primes;
  private final PrimeKernel[] kernels;

  /// @param degree N, a power of two in [2^8, 2^17]
  /// @param primes distinct primes of 30 to 50 bits, ≡ 1 mod 2N
  public CyclotomicRing(int degree, long[] primes) {
    requireDegree(degree);
    requirePrimes(degree, primes);
    this.degree = degree;
    this.primes = primes.clone();
    this.kernels = new PrimeKernel[primes.length];
    for (int i = 0; i < primes.length; i++) {
      kernels[i] = KernelProvider.chosen().prime(tables(degree, primes[i]));
    }
  }

  private static void requireDegree(int degree) {
    if (degree < 1 << MIN_LOG_DEGREE
        || degree > 1 << MAX_LOG_DEGREE
        || Integer.bitCount(degree) != 1) {
      throw new IllegalArgumentException(
          "degree: " + degree + " (expected: a power of two in [2^8, 2^17])");
    }
  }

  private static void requirePrimes(int degree, long[] primes) {
    if (Arrays.stream(primes).distinct().count() != primes.length || primes.length == 0) {
      throw new IllegalArgumentException(
          "primes: " + Arrays.toString(primes) + " (expected: one or more, distinct)");
    }
    for (long p : primes) {
      if (p < 1L << (MIN_PRIME_BITS - 1)
          || p >= 1L << MAX_PRIME_BITS
          || p % (2L * degree) != 1
          || !BigInteger.valueOf(p).isProbablePrime(100)) {
        throw new IllegalArgumentException(
            "prime: " + p + " (expected: a prime of 30 to 50 bits, 1 mod " + 2L * degree + ")");
      }
    }
  }

  /// The tables of one prime, with the root that the class comment says.
  public static NttTables tables(int degree, long prime) {
    BigInteger p = BigInteger.valueOf(prime);
    BigInteger root = BigInteger.valueOf(root(degree, prime));
    return new NttTables(
        prime,
        degree,
        root.longValueExact(),
        root.modInverse(p).longValueExact(),
        BigInteger.valueOf(degree).modInverse(p).longValueExact());
  }

  /// The root ψ of a prime, see the class comment.
  static long root(int degree, long prime) {
    BigInteger p = BigInteger.valueOf(prime);
    BigInteger exponent = BigInteger.valueOf((prime - 1) / (2L * degree));
    BigInteger minusOne = p.subtract(BigInteger.ONE);
    BigInteger candidate = BigInteger.ONE;
    while (true) {
      candidate = candidate.add(BigInteger.ONE);
      BigInteger root = candidate.modPow(exponent, p);
      if (root.modPow(BigInteger.valueOf(degree), p).equals(minusOne)) {
        return root.longValueExact();
      }
    }
  }

  /// Coefficients of a polynomial, N.
  public int degree() {
    return degree;
  }

  /// Number of primes.
  public int primes() {
    return primes.length;
  }

  /// Prime number `index`.
  public long prime(int index) {
    return primes[index];
  }

  /// The kernel of prime number `index`.
  public PrimeKernel kernel(int index) {
    return kernels[index];
  }

  /// `value mod p_index`, centred.
  public double constant(BigInteger value, int index) {
    BigInteger p = BigInteger.valueOf(primes[index]);
    BigInteger residue = value.mod(p);
    boolean upper = residue.compareTo(p.shiftRight(1)) > 0;
    return (upper ? residue.subtract(p) : residue).longValueExact();
  }

  /// Transforms a polynomial of small coefficients for prime number `index`, centred.
  ///
  /// @param small N coefficients, `|small| < 2^31`
  /// @param out N values, centred
  public void transform(int[] small, int index, double[] out) {
    for (int j = 0; j < degree; j++) {
      out[j] = small[j];
    }
    kernels[index].reduce(out, out);
    kernels[index].forward(out);
  }
}
