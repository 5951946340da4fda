package ai.cifer.homocryption.ckks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The laws `decrypt(f(encrypt(x))) = f(x)` within the error bounds of the Javadoc, over random and
/// adversarial vectors: zeros, extremes, alternating signs, one huge value among tiny ones.
///
/// A coefficient error of standard deviation σ gives a slot error of `σ·sqrt(N)/scale`; bounds are
/// nine of these, a chance of 2^-58 in each slot.
class CkksPrecisionTest {
  private static final double SIGMAS = 9;
  private static final CkksParameters P = TestParameters.INSECURE_N10;
  private static final CkksKeys KEYS = CkksKeys.generate(P, List.of(1, 100), true);
  private static final CkksEvaluator EVALUATOR = KEYS.evaluator();

  private static double slotError(CkksParameters p, double sigma, double scale) {
    return SIGMAS * sigma * Math.sqrt(p.degree()) / scale;
  }

  private static double freshError(CkksParameters p) {
    return slotError(p, 3.19 * Math.sqrt(4.0 * p.degree() / 3 + 1), p.scale());
  }

  /// Rounding of `(1 + ‖s‖)` kind, about `sqrt(N/18 + 1/12)`.
  private static double roundingError(CkksParameters p, double scale) {
    return slotError(p, Math.sqrt(p.degree() / 18.0 + 1.0 / 12), scale);
  }

  /// Digits below P/2: `σ·sqrt(dnum·N/12)` and the rounding.
  private static double switchError(CkksParameters p, double scale) {
    return slotError(p, 3.19 * Math.sqrt(p.digits() * p.degree() / 12.0), scale)
        + roundingError(p, scale);
  }

  @Provide
  Arbitrary<double[]> vectors() {
    Arbitrary<Integer> shape = Arbitraries.integers().between(0, 6);
    Arbitrary<Integer> magnitude = Arbitraries.integers().between(-12, 4);
    Arbitrary<Long> seed = Arbitraries.longs();
    return Combinators.combine(shape, magnitude, seed).as(CkksPrecisionTest::vector);
  }

  private static double[] vector(int shape, int log, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    double most = Math.scalb(1.0, log);
    double[] x = new double[P.slots()];
    switch (shape) {
      case 0 -> Arrays.fill(x, 0);
      case 1 -> Arrays.fill(x, most);
      case 2 -> Arrays.setAll(x, j -> j % 2 == 0 ? most : -most);
      case 3 -> x[random.nextInt(x.length)] = most;
      case 4 -> {
        Arrays.fill(x, 0x1p-30);
        x[random.nextInt(x.length)] = -most;
      }
      default -> Arrays.setAll(x, j -> most * random.nextDouble(-1, 1));
    }
    return x;
  }

  private static double largest(double[] x) {
    return Arrays.stream(x).map(Math::abs).max().orElse(0);
  }

  private static CkksCiphertext encrypt(double[] x) {
    return KEYS.encryptor().encrypt(KEYS.encoder().encode(x));
  }

  @FunctionalInterface
  private interface Expected {
    double at(int j);
  }

  private static void check(CkksCiphertext actual, Expected expected, double bound) {
    double[] values = KEYS.encoder().decode(KEYS.decryptor().decrypt(actual));
    double[] exact = new double[values.length];
    Arrays.setAll(exact, expected::at);
    double error = PrecisionStatistics.of(exact, values).largestError();
    assertThat(error).isLessThanOrEqualTo(bound + 0x1p-48 * (1 + largest(exact)));
  }

  @Property(tries = 40)
  void encodeRounds(@ForAll("vectors") double[] x) {
    double[] values = KEYS.encoder().decode(KEYS.encoder().encode(x));
    double bound = slotError(P, Math.sqrt(1.0 / 12), P.scale()) + 0x1p-48 * largest(x);
    assertThat(PrecisionStatistics.of(x, values).largestError()).isLessThanOrEqualTo(bound);
  }

  @Property(tries = 25)
  void sums(@ForAll("vectors") double[] x, @ForAll("vectors") double[] y) {
    CkksCiphertext a = encrypt(x);
    CkksCiphertext b = encrypt(y);
    double bound = 2 * freshError(P);
    check(a, j -> x[j], freshError(P));
    check(EVALUATOR.add(a, b), j -> x[j] + y[j], bound);
    check(EVALUATOR.subtract(a, b), j -> x[j] - y[j], bound);
    check(EVALUATOR.negate(a), j -> -x[j], freshError(P));
    check(EVALUATOR.add(a, KEYS.encoder().encode(y)), j -> x[j] + y[j], bound);
    check(EVALUATOR.add(a, 1.25), j -> x[j] + 1.25, bound);
  }

  @Property(tries = 25)
  void products(@ForAll("vectors") double[] x, @ForAll("vectors") double[] y) {
    CkksCiphertext a = encrypt(x);
    CkksCiphertext b = encrypt(y);
    double fresh = freshError(P);
    double bound = (largest(x) + largest(y)) * fresh + fresh * fresh;
    double below = P.scale(P.depth() - 1);
    check(EVALUATOR.multiply(a, b), j -> x[j] * y[j], bound);
    CkksCiphertext product = EVALUATOR.relinearize(EVALUATOR.multiply(a, b));
    check(product, j -> x[j] * y[j], bound + switchError(P, product.scale()));
    check(
        EVALUATOR.rescale(product),
        j -> x[j] * y[j],
        bound + switchError(P, product.scale()) + roundingError(P, below));
    check(EVALUATOR.square(a), j -> x[j] * x[j], 2 * largest(x) * fresh + fresh * fresh);
  }

  /// A plaintext of zeros would leave a transparent ciphertext, which is refused.
  @Property(tries = 25)
  void productsWithWhatIsPublic(@ForAll("vectors") double[] x, @ForAll("vectors") double[] y) {
    CkksCiphertext a = encrypt(x);
    double fresh = freshError(P);
    double below = P.scale(P.depth() - 1);
    double plainScale = EVALUATOR.plaintextScale(a);
    CkksPlaintext plain = KEYS.encoder().encode(y, a.level(), plainScale);
    if (largest(y) == 0) {
      assertThatThrownBy(() -> EVALUATOR.multiply(a, plain))
          .isInstanceOf(TransparentCiphertext.class);
    } else {
      check(
          EVALUATOR.rescale(EVALUATOR.multiply(a, plain)),
          j -> x[j] * y[j],
          largest(y) * fresh
              + (largest(x) + fresh) * slotError(P, 0.3, plainScale)
              + roundingError(P, below));
    }
    check(
        EVALUATOR.rescale(EVALUATOR.multiply(a, -0.7)),
        j -> -0.7 * x[j],
        fresh + largest(x) / plainScale + roundingError(P, below));
    check(EVALUATOR.multiplyInteger(a, -3), j -> -3 * x[j], 3 * fresh);
  }

  @Property(tries = 15)
  void rotations(@ForAll("vectors") double[] x) {
    CkksCiphertext a = encrypt(x);
    double bound = freshError(P) + switchError(P, P.scale());
    check(EVALUATOR.rotate(a, 100), j -> x[(j + 100) % x.length], bound);
    check(EVALUATOR.rotations(a, 1).get(0), j -> x[(j + 1) % x.length], bound);
    check(EVALUATOR.conjugate(a), j -> x[j], bound);
  }

  @Property(tries = 15)
  void otherLevelsAndScales(@ForAll("vectors") double[] x) {
    CkksCiphertext a = encrypt(x);
    check(EVALUATOR.levelDrop(a, 1), j -> x[j], freshError(P));
    for (int level = 0; level < P.depth(); level++) {
      check(
          EVALUATOR.matchTo(a, level, P.scale(level) * 0.75),
          j -> x[j],
          freshError(P) + roundingError(P, P.scale(level) * 0.75) + 0x1p-38 * largest(x));
    }
  }

  /// The whole chain of every set that is fast enough here: squares of numbers at most 1, down to
  /// level 0, with the errors added up as the Javadoc says.
  @ParameterizedTest
  @EnumSource(
      value = Preset.class,
      names = {"C13", "C14", "CS14"})
  void presetsKeepTheirPrecisionDownToLevelZero(Preset preset) {
    CkksParameters p = CkksParameters.of(preset);
    try (CkksKeys keys = CkksKeys.generate(p)) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
      double[] x = random.doubles(p.slots(), -1, 1).toArray();
      x[0] = 1;
      x[1] = -1;
      CkksCiphertext a = keys.encryptor().encrypt(keys.encoder().encode(x));
      double bound = freshError(p);
      while (a.level() > 0) {
        CkksCiphertext square = keys.evaluator().relinearize(keys.evaluator().square(a));
        bound = 2 * bound + bound * bound + switchError(p, square.scale());
        a = keys.evaluator().rescale(square);
        bound += roundingError(p, a.scale());
        Arrays.setAll(x, j -> x[j] * x[j]);
      }
      double[] values = keys.encoder().decode(keys.decryptor().decrypt(a));
      var precision = PrecisionStatistics.of(x, values);
      assertThat(precision.largestError()).isLessThanOrEqualTo(bound + 0x1p-45);
      assertThat(precision.medianBits()).isGreaterThan(precision.leastBits() + 1);
    }
  }

  @Test
  void statisticsDescribeADistribution() {
    double[] expected = {0, 0, 0, 0};
    double[] actual = {0x1p-10, -0x1p-20, 0x1p-30, 0};
    var precision = PrecisionStatistics.of(expected, actual);
    assertThat(precision.leastBits()).isEqualTo(10);
    assertThat(precision.medianBits()).isEqualTo(30);
    assertThat(precision.meanBits()).isEqualTo((10 + 20 + 30 + 53) / 4.0);
    assertThat(precision.mostBits()).isEqualTo(53);
    assertThat(precision.largestError()).isEqualTo(0x1p-10);
    assertThatThrownBy(() -> PrecisionStatistics.of(expected, new double[3]))
        .hasMessageContaining("values: 3");
  }

  /// Deep sets have room for scales that take many pieces of 40 bits.
  @Test
  void everyScaleThatFitsIsEncoded() {
    var deep =
        CkksParameters.unchecked(
            CkksParameters.builder()
                .name("DEEP")
                .logDegree(8)
                .basePrimes(1, 50)
                .scalePrimeBits(45)
                .depth(20)
                .specialPrimes(1, 50));
    var encoder = new CkksEncoder(deep);
    for (int bits : new int[] {45, 331, 332, 600, 899}) {
      CkksPlaintext plaintext =
          encoder.encode(new double[] {0.75, -3}, deep.depth(), Math.scalb(1.0, bits));
      double[] decoded = encoder.decode(plaintext);
      assertThat(decoded[0]).isCloseTo(0.75, within(1e-9));
      assertThat(decoded[1]).isCloseTo(-3, within(1e-9));
    }
  }
}
