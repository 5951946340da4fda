package ai.cifer.homocryption.ckks;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.HashSet;
import java.util.Set;

/// The primes of a parameter set, chosen by a rule so that a set of sizes always means the same
/// primes.
///
/// - Base primes and special primes are the largest ones `≡ 1 mod 2N` below `2^bits·(1 - 2^-10)`;
///   the margin keeps the product below the stated number of bits where scale primes exceed theirs.
/// - Scale primes from the top level down: the one nearest to `scale²/Δ` that is not taken (with
///   two primes a level: nearest to √, then nearest to the quotient). Squaring doubles the relative
///   deviation of the scale at each level, and this choice takes it back, so that it never exceeds
///   the distance between neighbouring primes.
final class ModulusChain {
  private static final MathContext DIGITS = new MathContext(60);

  private final long step;
  private final Set<Long> taken = new HashSet<>();
  private final Set<Long> composite = new HashSet<>();
  final long[] ciphertextPrimes;
  final long[] specialPrimes;

  /// `scales[l]` is what level l's ciphertexts have.
  final double[] scales;

  ModulusChain(
      int logDegree,
      int basePrimes,
      int baseBits,
      int scalePrimeBits,
      int primesPerLevel,
      int depth,
      int specialBits,
      int specialCount) {
    this.step = 2L << logDegree;
    this.ciphertextPrimes = new long[basePrimes + depth * primesPerLevel];
    this.specialPrimes = new long[specialCount];
    this.scales = new double[depth + 1];
    for (int i = 0; i < specialCount; i++) {
      specialPrimes[i] = below(specialBits);
    }
    for (int i = 0; i < basePrimes; i++) {
      ciphertextPrimes[i] = below(baseBits);
    }
    BigDecimal delta = new BigDecimal(BigInteger.TWO.pow(scalePrimeBits * primesPerLevel));
    BigDecimal scale = delta;
    scales[depth] = delta.doubleValue();
    for (int level = depth; level > 0; level--) {
      BigDecimal target = scale.multiply(scale).divide(delta, DIGITS);
      BigDecimal product = BigDecimal.ONE;
      for (int k = primesPerLevel; k > 0; k--) {
        BigDecimal wanted = k == 1 ? target.divide(product, DIGITS) : target.sqrt(DIGITS);
        long prime = nearest(wanted.longValue());
        ciphertextPrimes[basePrimes + level * primesPerLevel - k] = prime;
        product = product.multiply(BigDecimal.valueOf(prime));
      }
      scale = scale.multiply(scale).divide(product, DIGITS);
      scales[level - 1] = scale.doubleValue();
    }
  }

  private long below(int bits) {
    long limit = (1L << bits) - (1L << (bits - 10));
    for (long p = limit / step * step + 1; p > 1; p -= step) {
      if (p < limit && take(p)) {
        return p;
      }
    }
    throw new IllegalArgumentException(
        "prime_bits: " + bits + " (expected: large enough for primes = 1 mod " + step + ")");
  }

  private long nearest(long wanted) {
    long start = wanted / step * step + 1;
    for (long distance = 0; distance < start; distance += step) {
      long up = start + distance + step;
      long down = start - distance;
      long first = up - wanted < wanted - down ? up : down;
      if (take(first)) {
        return first;
      }
      if (take(up + down - first)) {
        return up + down - first;
      }
    }
    throw new IllegalArgumentException(
        "scale_prime: " + wanted + " (expected: large enough for primes = 1 mod " + step + ")");
  }

  private boolean take(long p) {
    if (taken.contains(p) || composite.contains(p)) {
      return false;
    }
    return BigInteger.valueOf(p).isProbablePrime(100) ? taken.add(p) : !composite.add(p);
  }
}
