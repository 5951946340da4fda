package ai.cifer.homocryption.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.kernel.TwinCheck;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class CentredLiftPropertyTest {
  private static final long[] PRIMES = {
    1125899903827969L, 1125899902124033L, 1125899887312897L, 1125899886395393L
  };
  private static final int DEGREE = 256;

  @Property(tries = 80)
  void liftsToTheIntegerOfSmallestMagnitude(
      @ForAll @IntRange(min = 1, max = 4) int primes, @ForAll boolean scalar, @ForAll long seed) {
    CyclotomicRing ring = new CyclotomicRing(DEGREE, Arrays.copyOf(PRIMES, primes));
    BigInteger modulus =
        IntStream.range(0, primes)
            .mapToObj(i -> BigInteger.valueOf(PRIMES[i]))
            .reduce(BigInteger.ONE, BigInteger::multiply);
    BigInteger half = modulus.shiftRight(1);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Random bits = Random.from(random);
    BigInteger[] values = new BigInteger[DEGREE];
    for (int j = 0; j < DEGREE; j++) {
      values[j] = new BigInteger(modulus.bitLength() + 8, bits).mod(modulus).subtract(half);
    }
    List<BigInteger> edges =
        List.of(half, half.negate(), BigInteger.ZERO, BigInteger.ONE, BigInteger.ONE.negate());
    for (int j = 0; j < edges.size(); j++) {
      values[j] = edges.get(j);
    }
    double[][] residues = new double[primes][DEGREE];
    for (int i = 0; i < primes; i++) {
      for (int j = 0; j < DEGREE; j++) {
        long residue = values[j].mod(BigInteger.valueOf(PRIMES[i])).longValueExact();
        residues[i][j] = (double) (residue > PRIMES[i] / 2 ? residue - PRIMES[i] : residue);
      }
    }
    CentredLift lift =
        new CentredLift(
            ring, scalar ? KernelProvider.scalar().masking() : TwinCheck.vector().masking());
    long[][] words = new long[lift.words()][DEGREE];
    lift.lift(residues, words);
    for (int j = 0; j < DEGREE; j++) {
      BigInteger lifted = BigInteger.valueOf(words[words.length - 1][j]);
      for (int w = words.length - 2; w >= 0; w--) {
        assertThat(words[w][j]).isBetween(0L, (1L << 50) - 1);
        lifted = lifted.shiftLeft(50).or(BigInteger.valueOf(words[w][j]));
      }
      assertThat(lifted).isEqualTo(values[j]);
    }
  }
}
