package ai.cifer.homocryption.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/// Modular arithmetic in doubles against big integers, over the whole documented range.
class FmaArithmeticPropertyTest {
  private static final long[] PRIMES = {
    1125899903827969L, 1125899902124033L, 1125899887312897L, 1125899886395393L
  };
  private static final long LIMIT = 1L << 52;
  private static final long HALF = 562949943197696L;

  @Property(tries = 20_000)
  void multiplyIsExactWithinItsBound(
      @ForAll @LongRange(min = -LIMIT, max = LIMIT) long a,
      @ForAll @LongRange(min = -HALF, max = HALF) long w) {
    for (long p : PRIMES) {
      double product =
          FmaArithmetic.multiply((double) a, (double) w, (double) p, -1.0 / (double) p);
      BigInteger expected = BigInteger.valueOf(a).multiply(BigInteger.valueOf(w));
      assertThat(BigInteger.valueOf((long) product).subtract(expected).mod(BigInteger.valueOf(p)))
          .isZero();
      assertThat(Math.abs(product)).isLessThanOrEqualTo((0.5 + Math.abs(a) * 0x1p-53) * p);
    }
  }

  @Property(tries = 20_000)
  void centreFindsTheSmallestRepresentative(
      @ForAll @LongRange(min = -4 * PRIME_LEAST + 1, max = 4 * PRIME_LEAST - 1) long x) {
    for (long p : PRIMES) {
      checkCentre(x, p);
    }
  }

  private static final long PRIME_LEAST = 1125899886395393L;

  /// One unit to either side of every half-multiple of the prime, where rounding decides.
  @Test
  void centreIsRightAroundHalfMultiples() {
    for (long p : PRIMES) {
      for (long multiple = -7; multiple <= 7; multiple += 2) {
        for (long delta = -2; delta <= 2; delta++) {
          checkCentre((multiple * p + 1) / 2 + delta, p);
        }
      }
    }
  }

  private static void checkCentre(long x, long p) {
    long r = (long) FmaArithmetic.centre((double) x, (double) p, -1.0 / (double) p);
    assertThat(Math.floorMod(r - x, p)).isZero();
    assertThat(Math.abs(r)).isLessThanOrEqualTo((p - 1) / 2);
    assertThat(FmaArithmetic.toLong((double) r)).isEqualTo(r);
  }
}
