package ai.cifer.homocryption.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.kernel.PrimeKernel;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/// The transforms against their definition in big integers.
class NttPropertyTest {
  private static final long PRIME = 1125899903827969L;
  private static final BigInteger P = BigInteger.valueOf(PRIME);

  /// Position i holds the value at `ψ^(2·brev(i) + 1)`.
  @Test
  void forwardEvaluatesAtOddPowersInBitReversedOrder() {
    int degree = 256;
    PrimeKernel kernel = new CyclotomicRing(degree, new long[] {PRIME}).kernel(0);
    double[] a = randomCentred(degree, 1);
    double[] values = a.clone();
    kernel.forward(values);
    BigInteger psi = BigInteger.valueOf(CyclotomicRing.root(degree, PRIME));
    for (int i = 0; i < degree; i++) {
      BigInteger x = psi.modPow(BigInteger.valueOf(2 * (Integer.reverse(i) >>> 24) + 1), P);
      BigInteger value = BigInteger.ZERO;
      for (int j = degree - 1; j >= 0; j--) {
        value = value.multiply(x).add(BigInteger.valueOf((long) a[j])).mod(P);
      }
      assertThat(Math.floorMod((long) values[i], PRIME)).isEqualTo(value.longValueExact());
    }
  }

  @Property(tries = 30)
  void productOfValuesIsTheNegacyclicProduct(
      @ForAll @IntRange(min = 8, max = 11) int logDegree, @ForAll long seed) {
    int degree = 1 << logDegree;
    double[] a = randomCentred(degree, seed);
    double[] b = randomCentred(degree, ~seed);
    checkProduct(degree, a, b, 40, seed);
  }

  @Test
  void extremesStayExactAtEveryDegreeInUse() {
    long half = PRIME / 2;
    for (int degree : new int[] {256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536}) {
      double[] upper = new double[degree];
      double[] alternating = new double[degree];
      Arrays.fill(upper, (double) half);
      Arrays.setAll(alternating, i -> (double) (i % 2 == 0 ? half : -half));
      checkProduct(degree, upper, alternating, 8, degree);
      checkProduct(degree, upper, upper, 8, degree);
      checkProduct(degree, alternating, randomCentred(degree, 5), 8, degree);
    }
  }

  /// Compares `samples` coefficients with the big-integer sum.
  private static void checkProduct(int degree, double[] a, double[] b, int samples, long seed) {
    PrimeKernel kernel = new CyclotomicRing(degree, new long[] {PRIME}).kernel(0);
    double[] x = a.clone();
    double[] y = b.clone();
    kernel.forward(x);
    kernel.forward(y);
    double[] product = new double[degree];
    kernel.multiply(x, y, product);
    kernel.inverse(product);
    assertThat(Arrays.stream(product)).allMatch(c -> Math.abs(c) <= (PRIME - 1) / 2.0);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int n = 0; n < samples; n++) {
      int k = random.nextInt(degree);
      assertThat(Math.floorMod((long) product[k], PRIME)).isEqualTo(coefficient(a, b, k));
    }
  }

  private static long coefficient(double[] a, double[] b, int k) {
    BigInteger sum = BigInteger.ZERO;
    for (int i = 0; i < a.length; i++) {
      int j = k - i;
      BigInteger term =
          BigInteger.valueOf((long) a[i])
              .multiply(BigInteger.valueOf((long) b[Math.floorMod(j, a.length)]));
      sum = j < 0 ? sum.subtract(term) : sum.add(term);
    }
    return sum.mod(P).longValueExact();
  }

  @Property(tries = 20)
  void inverseUndoesForward(@ForAll @IntRange(min = 8, max = 13) int logDegree, @ForAll long seed) {
    int degree = 1 << logDegree;
    PrimeKernel kernel = new CyclotomicRing(degree, new long[] {PRIME}).kernel(0);
    double[] a = randomCentred(degree, seed);
    double[] b = a.clone();
    kernel.forward(b);
    kernel.inverse(b);
    assertThat(b).isEqualTo(a);
  }

  private static double[] randomCentred(int degree, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    double[] a = new double[degree];
    Arrays.setAll(a, i -> (double) random.nextLong(-(PRIME / 2), PRIME / 2 + 1));
    return a;
  }
}
