package ai.cifer.homocryption.ckks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.homocryption.rns.RnsPolynomial;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each operation on polynomials against the same in big integers, on rings of one prime and of two
/// primes a digit, and with composite scaling.
class CkksReferenceTest {
  /// A ring with keys.
  record Setting(CkksParameters parameters, CkksKeys keys) {
    static Setting of(CkksParameters parameters) {
      return new Setting(parameters, CkksKeys.generate(parameters, List.of(1, -5), true));
    }

    BigInteger[] coefficients(RnsPolynomial a) {
      return Reference.coefficients(parameters, a);
    }

    BigInteger q(int level) {
      return parameters.modulus(level);
    }

    double[] values(long seed) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      return random.doubles(parameters.slots(), -1, 1).toArray();
    }

    CkksCiphertext encrypt(long seed) {
      return keys.encryptor().encrypt(keys.encoder().encode(values(seed)));
    }

    @Override
    public String toString() {
      return parameters.name();
    }
  }

  private static final List<Setting> SETTINGS =
      Stream.of(TestParameters.INSECURE_N8, TestParameters.INSECURE_COMPOSITE_N9)
          .map(Setting::of)
          .toList();

  static Stream<Setting> settings() {
    return SETTINGS.stream();
  }

  /// `m_k = ⌊scale·(2/N)·Re Σ_j z_j·ζ^(-5^j·k)⌉`, the inverse of the evaluation at the slots'
  /// roots.
  @ParameterizedTest
  @MethodSource("settings")
  void encodeIsTheInverseOfTheEmbedding(Setting setting) {
    CkksParameters p = setting.parameters();
    double[] z = setting.values(1);
    BigInteger[] m = setting.coefficients(setting.keys().encoder().encode(z).polynomial());
    int degree = p.degree();
    for (int k = 0; k < degree; k += 7) {
      double sum = 0;
      long power = 1;
      for (double x : z) {
        sum += x * Math.cos(Math.PI * (power * k % (2L * degree)) / degree);
        power = power * 5 % (2L * degree);
      }
      double expected = p.scale() * 2 / degree * sum;
      assertThat(m[k].doubleValue()).isEqualTo(expected, within(0.5 + 0x1p-48 * p.scale()));
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void decryptIsTheInnerProduct(Setting setting) {
    CkksCiphertext x = setting.encrypt(1);
    CkksCiphertext product = setting.keys().evaluator().square(x);
    for (CkksCiphertext a : List.of(x, product)) {
      assertThat(setting.coefficients(setting.keys().decryptor().decrypt(a).polynomial()))
          .isEqualTo(Reference.decrypt(a, setting.keys().secretKey()));
    }
  }

  /// `e·u + e_0 + e_1·s` and `e`: each error at most 40, u and s ternary; and never nothing.
  @ParameterizedTest
  @MethodSource("settings")
  void encryptionAddsItsError(Setting setting) {
    CkksParameters p = setting.parameters();
    CkksPlaintext plain = setting.keys().encoder().encode(setting.values(1));
    BigInteger[] m = setting.coefficients(plain.polynomial());
    BigInteger q = setting.q(p.depth());
    var encryptor = setting.keys().encryptor();
    var secret = setting.keys().secretKey();
    BigInteger[] publicError =
        Reference.subtract(Reference.decrypt(encryptor.encrypt(plain), secret), m, q);
    BigInteger[] seededError =
        Reference.subtract(Reference.decrypt(encryptor.encryptSeeded(plain), secret), m, q);
    assertThat(Reference.largest(seededError)).isBetween(4.0, 40.0);
    // Nine standard deviations of 3.19·sqrt(4N/3 + 1); far below the worst case of 40·(2N + 1).
    double sigma = 3.19 * Math.sqrt(4.0 * p.degree() / 3 + 1);
    assertThat(Reference.largest(publicError)).isBetween(sigma / 2, 9 * sigma);
    double squares = 0;
    for (BigInteger e : publicError) {
      squares += e.doubleValue() * e.doubleValue();
    }
    assertThat(Math.sqrt(squares / p.degree())).isEqualTo(sigma, within(0.35 * sigma));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void multiplyIsTheTensor(Setting setting) {
    CkksCiphertext a = setting.encrypt(1);
    CkksCiphertext b = setting.encrypt(2);
    CkksCiphertext c = setting.keys().evaluator().multiply(a, b);
    BigInteger q = setting.q(a.level());
    BigInteger[][] x = {
      setting.coefficients(a.polynomial(0)), setting.coefficients(a.polynomial(1))
    };
    BigInteger[][] y = {
      setting.coefficients(b.polynomial(0)), setting.coefficients(b.polynomial(1))
    };
    assertThat(setting.coefficients(c.polynomial(0))).isEqualTo(Reference.multiply(x[0], y[0], q));
    assertThat(setting.coefficients(c.polynomial(1)))
        .isEqualTo(
            Reference.add(Reference.multiply(x[0], y[1], q), Reference.multiply(x[1], y[0], q), q));
    assertThat(setting.coefficients(c.polynomial(2))).isEqualTo(Reference.multiply(x[1], y[1], q));
  }

  /// `⌊c/D⌉`, exactly, for every coefficient.
  @ParameterizedTest
  @MethodSource("settings")
  void rescaleDividesAndRounds(Setting setting) {
    CkksParameters p = setting.parameters();
    CkksCiphertext a = setting.keys().evaluator().square(setting.encrypt(1));
    CkksCiphertext b = setting.keys().evaluator().rescale(a);
    int level = p.depth();
    BigInteger divisor = setting.q(level).divide(setting.q(level - 1));
    for (int k = 0; k < 3; k++) {
      BigInteger[] before = setting.coefficients(a.polynomial(k));
      BigInteger[] after = setting.coefficients(b.polynomial(k));
      for (int j = 0; j < before.length; j++) {
        BigInteger rounded =
            before[j].subtract(Reference.centred(before[j], divisor)).divide(divisor);
        assertThat(after[j]).isEqualTo(Reference.centred(rounded, setting.q(level - 1)));
      }
    }
  }

  /// `Σ digit_j·e_j/P` and the rounding, `(1 + ‖s‖₁)/2` at most.
  @ParameterizedTest
  @MethodSource("settings")
  void keySwitchingAddsItsErrorOnly(Setting setting) {
    CkksParameters p = setting.parameters();
    var evaluator = setting.keys().evaluator();
    var secret = setting.keys().secretKey();
    double bound = keySwitchingBound(p);
    CkksCiphertext square = evaluator.square(setting.encrypt(1));
    for (int level = p.depth(); level >= 0; level--) {
      CkksCiphertext a = evaluator.levelDrop(square, level);
      BigInteger q = setting.q(level);
      BigInteger[] error =
          Reference.subtract(
              Reference.decrypt(evaluator.relinearize(a), secret), Reference.decrypt(a, secret), q);
      assertThat(Reference.largest(error)).isBetween(0.5, bound);
    }
  }

  /// Worst case: digits at most P/2 in magnitude, errors at most 40.
  private static double keySwitchingBound(CkksParameters p) {
    return 20.0 * p.digits() * p.degree() + (1 + p.degree()) / 2.0;
  }

  /// Rotation and conjugation are `a(X) → a(X^g)` on what is encrypted.
  @ParameterizedTest
  @MethodSource("settings")
  void automorphismsActOnThePolynomial(Setting setting) {
    CkksParameters p = setting.parameters();
    var evaluator = setting.keys().evaluator();
    var secret = setting.keys().secretKey();
    CkksCiphertext a = setting.encrypt(1);
    BigInteger q = setting.q(a.level());
    BigInteger[] m = Reference.decrypt(a, secret);
    check(setting, m, 1, Reference.decrypt(evaluator.rotate(a, 1), secret), q);
    check(setting, m, -5, Reference.decrypt(evaluator.rotations(a, 1, -5).get(1), secret), q);
    BigInteger[] conjugated = image(m, GaloisKeys.conjugation(p));
    assertThat(
            Reference.largest(
                Reference.subtract(
                    Reference.decrypt(evaluator.conjugate(a), secret), conjugated, q)))
        .isLessThan(keySwitchingBound(p));
  }

  private static void check(
      Setting setting, BigInteger[] m, int steps, BigInteger[] actual, BigInteger q) {
    BigInteger[] expected = image(m, GaloisKeys.element(setting.parameters(), steps));
    assertThat(Reference.largest(Reference.subtract(actual, expected, q)))
        .isLessThan(keySwitchingBound(setting.parameters()));
  }

  private static BigInteger[] image(BigInteger[] a, long element) {
    int degree = a.length;
    BigInteger[] out = new BigInteger[degree];
    Arrays.fill(out, BigInteger.ZERO);
    for (int k = 0; k < degree; k++) {
      int target = (int) (k * element % (2L * degree));
      out[target % degree] = target < degree ? a[k] : a[k].negate();
    }
    return out;
  }
}
