package ai.cifer.homocryption.ckks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Polynomials of encrypted values against the same polynomials in doubles.
class CkksPolynomialTest {
  private static final CkksParameters P = TestParameters.INSECURE_N10;
  private static final CkksKeys KEYS = CkksKeys.generate(P);

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private static void check(CkksPolynomial polynomial, double radius, double bound) {
    RandomGenerator random = random(7);
    double[] x =
        IntStream.range(0, P.slots()).mapToDouble(j -> radius * random.nextDouble(-1, 1)).toArray();
    x[0] = radius;
    x[1] = -radius;
    x[2] = 0;
    CkksCiphertext a = KEYS.encryptor().encrypt(KEYS.encoder().encode(x));
    CkksCiphertext y = KEYS.evaluator().evaluate(a, polynomial);
    assertThat(P.depth() - y.level()).isEqualTo(polynomial.depth());
    assertThat(y.scale() / P.scale(y.level())).isEqualTo(1, within(1e-12));
    double[] values = KEYS.encoder().decode(KEYS.decryptor().decrypt(y));
    for (int j = 0; j < x.length; j++) {
      assertThat(values[j]).isEqualTo(polynomial.at(x[j]), within(bound));
    }
  }

  /// Depth ⌈log2(degree + 1)⌉ and the canonical scale, at every degree, in both bases.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 11, 15, 16, 31, 40, 63})
  void everyDegreeTakesTheLeastDepth(int degree) {
    RandomGenerator random = random(degree);
    double[] c =
        IntStream.rangeClosed(0, degree).mapToDouble(k -> random.nextDouble(-1, 1)).toArray();
    int least = 32 - Integer.numberOfLeadingZeros(degree);
    assertThat(CkksPolynomial.power(c).depth()).isEqualTo(least);
    // The error of a is multiplied by at most Σ|c_k|·k (powers) and Σ|c_k|·k² (Chebyshev).
    check(CkksPolynomial.power(c), 1, 0x1p-24 * degree * degree);
    check(CkksPolynomial.chebyshev(-1, 1, c), 1, 0x1p-24 * degree * degree * degree);
  }

  @Test
  void sparsePolynomialsWithVanishingParts() {
    check(CkksPolynomial.power(0, 0, 0, 0, 1), 1, 1e-6);
    check(CkksPolynomial.power(0.5, 0, 0, 0, 0, 0, 0, 0, -1), 1, 1e-6);
    check(CkksPolynomial.power(0, 0, 0, 0, 2, 0, 0, 0, -1), 1, 1e-6);
    check(CkksPolynomial.power(0, 0.75, 0, -0.25), 1, 1e-6);
    check(CkksPolynomial.chebyshev(-1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 1, 1e-5);
    check(CkksPolynomial.power(1, 2, 0, 0), 1, 1e-6);
  }

  /// The sigmoid of degree 7 on 512 values, in five lines.
  @Test
  void sigmoidOnAnInterval() {
    var sigmoid = CkksPolynomial.approximate(x -> 1 / (1 + Math.exp(-x)), -8, 8, 7);
    assertThat(sigmoid.depth()).isEqualTo(4);
    check(sigmoid, 8, 1e-5);
    for (double x = -8; x <= 8; x += 0.01) {
      assertThat(sigmoid.at(x)).isEqualTo(1 / (1 + Math.exp(-x)), within(0.03));
    }
  }

  @Test
  void chebyshevPolynomialsAreCosines() {
    double[] c = new double[20];
    c[19] = 1;
    var t19 = CkksPolynomial.chebyshev(-1, 1, c);
    for (double x = -1; x <= 1; x += 0.01) {
      assertThat(t19.at(x)).isEqualTo(Math.cos(19 * Math.acos(x)), within(1e-12));
    }
  }

  @Test
  void tooDeepIsRefused() {
    var a = KEYS.encryptor().encrypt(KEYS.encoder().encode(new double[] {1}));
    var low = KEYS.evaluator().levelDrop(a, 2);
    assertThatThrownBy(() -> KEYS.evaluator().evaluate(low, CkksPolynomial.power(0, 0, 0, 0, 1)))
        .isInstanceOf(LevelExhausted.class)
        .hasMessageContaining("level: 2 (expected: at least 3");
    assertThatThrownBy(() -> CkksPolynomial.power(1, 0, 0)).hasMessageContaining("degree: 0");
  }
}
