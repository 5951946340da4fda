package ai.cifer.homocryption.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The fused passes and the transform of the slots: scalar and vector twin give the same bits, and
/// those are right by big integers, or by the definition of the transform.
class CkksKernelTwinTest {
  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /// Random residues, with both extremes and zero among them.
  private static double[] row(int degree, long prime, RandomGenerator random) {
    long half = (prime - 1) / 2;
    double[] row = new double[degree];
    Arrays.setAll(row, j -> (double) random.nextLong(-half, half + 1));
    row[0] = half;
    row[1] = -half;
    row[2] = 0;
    return row;
  }

  private static BigInteger big(double x) {
    return BigInteger.valueOf((long) x);
  }

  private static void congruent(double actual, BigInteger expected, long prime) {
    BigInteger p = BigInteger.valueOf(prime);
    assertThat(BigInteger.valueOf((long) actual).mod(p)).isEqualTo(expected.mod(p));
    assertThat(Math.abs(actual)).isLessThanOrEqualTo((prime - 1) / 2.0);
  }

  @ParameterizedTest
  @CsvSource({
    "256, 1125899903827969",
    "1024, 1125899903827969",
    "512, 1099511480321",
    "256, 536813569"
  })
  void fusedPasses(int degree, long prime) {
    RandomGenerator random = random(prime + degree);
    double[][] x = new double[5][];
    double[][] b = new double[5][];
    double[][] a = new double[5][];
    for (int k = 0; k < 5; k++) {
      x[k] = row(degree, prime, random);
      b[k] = row(degree, prime, random);
      a[k] = row(degree, prime, random);
    }
    double[] factors = Arrays.copyOf(row(256, prime, random), 5);
    double[][][] results = new double[2][][];
    FusedKernel[] kernels = {new ScalarFused(prime), TwinCheck.vector().fused(prime)};
    for (int i = 0; i < 2; i++) {
      results[i] = run(kernels[i], degree, x, b, a, factors);
    }
    assertThat(results[1]).isDeepEqualTo(results[0]);
    double[][] out = results[0];
    for (int j = 0; j < degree; j += j < 4 ? 1 : 37) {
      BigInteger inner = BigInteger.ZERO;
      BigInteger combined = BigInteger.ZERO;
      for (int k = 0; k < 5; k++) {
        inner = inner.add(big(x[k][j]).multiply(big(b[k][j])));
        combined = combined.add(big(x[k][j]).multiply(big(factors[k])));
      }
      congruent(out[0][j], inner, prime);
      congruent(out[11][j], combined, prime);
      BigInteger difference = big(x[0][j]).subtract(big(x[1][j]));
      congruent(out[4][j], difference.multiply(big(factors[1])), prime);
      congruent(out[5][j], difference.multiply(big(factors[1])).add(big(x[2][j])), prime);
      congruent(out[6][j], big(x[0][j]).multiply(big(b[0][j])).add(big(a[0][j])), prime);
      congruent(
          out[8][j],
          big(x[0][j]).multiply(big(b[1][j])).add(big(x[1][j]).multiply(big(b[0][j]))),
          prime);
      congruent(out[10][j], big(x[0][j]).multiply(big(x[1][j])).shiftLeft(1), prime);
    }
  }

  /// Every number of digits, random ones and the largest sums that there are.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 13})
  void innerProductsOfAnyLength(int digits) {
    long prime = 1125899903827969L;
    int degree = 256;
    RandomGenerator random = random(digits);
    double[][] x = new double[digits][];
    double[][] b = new double[digits][];
    double[][] a = new double[digits][];
    for (int k = 0; k < digits; k++) {
      x[k] = row(degree, prime, random);
      b[k] = row(degree, prime, random);
      a[k] = row(degree, prime, random);
      // Large factors, whose quotients err most, and all remainders of one sign.
      Arrays.fill(x[k], 8, 32, (prime - 1) / 2.0);
      Arrays.fill(b[k], 8, 32, -(prime - 3) / 2.0);
      Arrays.fill(a[k], 8, 32, (prime - 3) / 2.0);
    }
    double[][] scalar = new double[2][degree];
    double[][] vector = new double[2][degree];
    new ScalarFused(prime).innerProducts(x, b, a, digits, scalar[0], scalar[1]);
    TwinCheck.vector().fused(prime).innerProducts(x, b, a, digits, vector[0], vector[1]);
    assertThat(vector).isDeepEqualTo(scalar);
    for (int j = 0; j < 32; j++) {
      BigInteger inner = BigInteger.ZERO;
      for (int k = 0; k < digits; k++) {
        inner = inner.add(big(x[k][j]).multiply(big(b[k][j])));
      }
      congruent(vector[0][j], inner, prime);
    }
  }

  private static double[][] run(
      FusedKernel kernel, int degree, double[][] x, double[][] b, double[][] a, double[] factors) {
    double[][] out = new double[12][degree];
    double[] unused = new double[degree];
    kernel.innerProducts(x, b, a, 5, out[0], out[1]);
    kernel.innerProducts(x, b, a, 4, out[2], out[3]);
    kernel.subtractAndScale(x[0], x[1], factors[1], out[4]);
    kernel.subtractScaleAndAdd(x[0], x[1], factors[1], x[2], out[5]);
    kernel.multiplyAndAdd(x[0], b[0], a[0], out[6]);
    kernel.tensor(x[0], x[1], b[0], b[1], out[7], out[8], out[9]);
    kernel.square(x[0], x[1], unused, out[10], unused);
    kernel.combine(x, 5, factors, out[11]);
    return out;
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 256, 1024, 4096, 8192, 32768})
  void slotTransforms(int slots) {
    RandomGenerator random = random(slots);
    double[] real = random.doubles(slots, -1, 1).toArray();
    double[] imaginary = random.doubles(slots, -1, 1).toArray();
    var tables = new SpecialFftTables(slots);
    SpecialFft scalar = new ScalarFft(tables);
    SpecialFft vector = TwinCheck.vector().fft(tables);
    double[] first = new double[2 * slots];
    double[] second = new double[2 * slots];
    scalar.toCoefficients(real.clone(), imaginary.clone(), 1.0 / slots, first);
    vector.toCoefficients(real.clone(), imaginary.clone(), 1.0 / slots, second);
    assertThat(second).isEqualTo(first);
    double[][] values = new double[4][slots];
    scalar.toSlots(first, 1, values[0], values[1]);
    vector.toSlots(second, 1, values[2], values[3]);
    assertThat(values[2]).isEqualTo(values[0]);
    assertThat(values[3]).isEqualTo(values[1]);
    for (int j = 0; j < slots; j++) {
      assertThat(values[0][j]).isEqualTo(real[j], within(0x1p-46));
      assertThat(values[1][j]).isEqualTo(imaginary[j], within(0x1p-46));
    }
  }

  /// Slot j is the value at `ζ^(5^j)`, ζ = exp(πi/N).
  @ParameterizedTest
  @ValueSource(ints = {64, 256})
  void slotsAreValuesAtPowersOfFive(int slots) {
    RandomGenerator random = random(slots);
    int degree = 2 * slots;
    double[] coefficients = random.doubles(degree, -1, 1).toArray();
    double[] real = new double[slots];
    double[] imaginary = new double[slots];
    TwinCheck.vector()
        .fft(new SpecialFftTables(slots))
        .toSlots(coefficients.clone(), 1, real, imaginary);
    long power = 1;
    for (int j = 0; j < slots; j++) {
      double x = 0;
      double y = 0;
      for (int k = 0; k < degree; k++) {
        double angle = Math.PI * (power * k % (2L * degree)) / degree;
        x += coefficients[k] * Math.cos(angle);
        y += coefficients[k] * Math.sin(angle);
      }
      assertThat(real[j]).isEqualTo(x, within(1e-11));
      assertThat(imaginary[j]).isEqualTo(y, within(1e-11));
      power = power * 5 % (2L * degree);
    }
  }
}
