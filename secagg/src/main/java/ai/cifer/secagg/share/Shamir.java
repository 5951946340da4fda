package ai.cifer.secagg.share;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Shamir's secret sharing of vectors over the field of p = 2^31 - 1 elements.
///
/// Each coefficient s has its own polynomial `f(x) = s + r_1 x + ... + r_{t-1} x^{t-1}` with
/// uniform r; helper j, 1 <= j <= c, gets f(j). Any t shares give f(0) by Lagrange's formula, fewer
/// are uniform and independent of s. Shares add up: the sum of shares is a share of the sum.
///
/// Nothing branches on a secret.
///
/// @see <a href="https://doi.org/10.1145/359168.359176">How to Share a Secret</a>
public final class Shamir {
  /// The order of the field, a Mersenne prime.
  public static final int PRIME = Integer.MAX_VALUE;

  private static final int KEY_BYTES = 32;

  private Shamir() {}

  /// Splits a vector of small signed integers.
  ///
  /// @param secret values in (-p/2, p/2); not modified
  /// @param threshold t, 1 to helpers
  /// @param helpers c, >= 1
  /// @return `helpers` vectors, that of helper j at j - 1; secret, to be zeroed by the caller
  public static int[][] split(int[] secret, int threshold, int helpers, SecureRandom random) {
    if (threshold < 1 || threshold > helpers) {
      throw new IllegalArgumentException(
          "threshold: %d of %d (expected: 1 <= t <= c)".formatted(threshold, helpers));
    }
    int[][] coefficients = new int[threshold][];
    coefficients[0] = new int[secret.length];
    for (int k = 0; k < secret.length; k++) {
      coefficients[0][k] = secret[k] + (PRIME & (secret[k] >> 31));
    }
    for (int degree = 1; degree < threshold; degree++) {
      coefficients[degree] = uniform(secret.length, random);
    }
    int[][] shares = new int[helpers][];
    for (int j = 1; j <= helpers; j++) {
      shares[j - 1] = FieldVectors.evaluate(coefficients, j);
    }
    for (int[] vector : coefficients) {
      Arrays.fill(vector, 0);
    }
    return shares;
  }

  /// 31 random bits are uniform below p unless they are p itself, which is drawn again.
  private static int[] uniform(int count, SecureRandom random) {
    byte[] bytes = stream(Integer.BYTES * count, random);
    int[] values = new int[count];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
    for (int k = 0; k < count; k++) {
      values[k] &= PRIME;
      while (values[k] == PRIME) {
        values[k] = random.nextInt() & PRIME;
      }
    }
    Arrays.fill(bytes, (byte) 0);
    return values;
  }

  /// Random bytes: AES-256 in counter mode under a random key that serves once, ten times as fast
  /// as the system's generator.
  private static byte[] stream(int count, SecureRandom random) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(key, "AES"),
          new IvParameterSpec(new byte[cipher.getBlockSize()]));
      return cipher.doFinal(new byte[count]);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("AES is in every JDK", impossible);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /// `sum += share` mod p, both in [0, p).
  public static void addInto(int[] share, int[] sum) {
    for (int k = 0; k < sum.length; k++) {
      sum[k] = reduce((long) sum[k] + share[k]);
    }
  }

  /// The vector behind at least t shares, as values in [-(p-1)/2, (p-1)/2].
  ///
  /// With more than t shares all of them are used; if one is wrong the result is too.
  ///
  /// @param shares by the index of their helper, from 1; all of the same length
  public static int[] combine(Map<Integer, int[]> shares) {
    int[] sum = interpolate(shares, 0);
    for (int k = 0; k < sum.length; k++) {
      sum[k] -= PRIME & ((PRIME / 2 - sum[k]) >> 31);
    }
    return sum;
  }

  /// The vector behind shares of which some may be wrong.
  ///
  /// @param values of the vector, in [-(p-1)/2, (p-1)/2]
  /// @param wrong the indices of the helpers whose share is wrong, ascending
  public record Decoded(int[] values, SortedSet<Integer> wrong) {}

  /// The vector behind more than t shares, as long as at most `floor((r - t) / 2)` of r are wrong;
  /// and whose are.
  ///
  /// A wrong share is wrong as a whole, so the wrong ones are looked for in one random combination
  /// of all coefficients, in which an error vanishes with a chance of 1 / p. Whatever is returned
  /// was checked against every share that is not called wrong.
  ///
  /// @param shares by the index of their helper, from 1; all of the same length
  /// @param threshold t
  /// @return empty if more are wrong than can be told apart
  public static Optional<Decoded> decode(
      Map<Integer, int[]> shares, int threshold, SecureRandom random) {
    int[] x = new int[shares.size()];
    long[] y = new long[x.length];
    int[] weights = uniform(shares.values().iterator().next().length, random);
    int at = 0;
    for (Map.Entry<Integer, int[]> share : shares.entrySet()) {
      x[at] = share.getKey();
      y[at++] = combination(weights, share.getValue());
    }
    long[] polynomial = ReedSolomon.decode(x, y, threshold);
    if (polynomial.length == 0) {
      return Optional.empty();
    }
    SortedSet<Integer> wrong = new TreeSet<>();
    for (int i = 0; i < x.length; i++) {
      if (ReedSolomon.evaluate(polynomial, x[i]) != y[i]) {
        wrong.add(x[i]);
      }
    }
    Map<Integer, int[]> right = new TreeMap<>(shares);
    right.keySet().removeAll(wrong);
    if (2 * wrong.size() > x.length - threshold || !areConsistent(right, threshold)) {
      return Optional.empty();
    }
    return Optional.of(new Decoded(combine(right), wrong));
  }

  private static long combination(int[] weights, int[] share) {
    long sum = 0;
    for (int k = 0; k < share.length; k++) {
      sum = reduce((long) weights[k] * share[k] + sum);
    }
    return sum;
  }

  /// Whether all shares lie on polynomials of degree below t: the first t of them give the others.
  private static boolean areConsistent(Map<Integer, int[]> shares, int threshold) {
    Map<Integer, int[]> first = new TreeMap<>();
    for (Map.Entry<Integer, int[]> share : shares.entrySet()) {
      if (first.size() < threshold) {
        first.put(share.getKey(), share.getValue());
      } else if (!Arrays.equals(interpolate(first, share.getKey()), share.getValue())) {
        return false;
      }
    }
    return true;
  }

  /// The share of helper `x` as the given ones say it, in [0, p).
  private static int[] interpolate(Map<Integer, int[]> shares, int x) {
    long[] sums = new long[shares.values().iterator().next().length];
    shares.forEach(
        (index, share) -> FieldVectors.addScaled(share, lagrange(index, shares, x), sums));
    return FieldVectors.reduced(sums);
  }

  /// `prod_{m != j} (x - m) / (j - m)` mod p.
  private static int lagrange(int index, Map<Integer, int[]> shares, int x) {
    long numerator = 1;
    long denominator = 1;
    for (int other : shares.keySet()) {
      if (other != index) {
        numerator = numerator * Math.floorMod(x - other, PRIME) % PRIME;
        denominator = denominator * Math.floorMod(index - other, PRIME) % PRIME;
      }
    }
    return (int) (numerator * power(denominator, PRIME - 2) % PRIME);
  }

  static long power(long base, int exponent) {
    long result = 1;
    long square = base;
    for (int rest = exponent; rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        result = result * square % PRIME;
      }
      square = square * square % PRIME;
    }
    return result;
  }

  /// x mod p for 0 <= x < 2^62 + 2^31: two folds leave at most p + 1, one masked subtraction [0,
  /// p).
  private static int reduce(long x) {
    long folded = (x & PRIME) + (x >>> 31);
    folded = (folded & PRIME) + (folded >>> 31);
    return (int) (folded - (PRIME & ~((folded - PRIME) >> 63)));
  }
}
