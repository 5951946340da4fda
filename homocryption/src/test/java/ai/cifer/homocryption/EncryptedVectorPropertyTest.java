package ai.cifer.homocryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksPolynomial;
import ai.cifer.homocryption.ckks.TestParameters;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// Every operation on encrypted vectors is that on plain ones, for lengths around the number of
/// slots (512) and at mixed levels.
class EncryptedVectorPropertyTest {
  private static final CkksParameters P = TestParameters.INSECURE_N10;
  private static final RotationPlan PLAN =
      RotationPlan.none().withSums().withMatrix(9, 5).withMatrix(5, 9).withMatrix(3, 700);
  private static final CkksKeys KEYS = CkksKeys.generate(P, PLAN.steps(P));
  private static final CkksContext CKKS = CkksContext.of(KEYS);
  private static final double CLOSE = 1e-5;

  private static double[] random(int length, long seed) {
    Random random = new Random(seed);
    return IntStream.range(0, length).mapToDouble(_ -> 2 * random.nextDouble() - 1).toArray();
  }

  private static double[] zip(double[] a, double[] b, DoubleBinaryOperator f) {
    return IntStream.range(0, a.length).mapToDouble(i -> f.applyAsDouble(a[i], b[i])).toArray();
  }

  private static void requireClose(EncryptedVector actual, double... expected) {
    assertThat(actual.length()).isEqualTo(expected.length);
    assertThat(actual.decrypt(KEYS.secretKey())).containsExactly(expected, within(CLOSE));
    requireZeroPadding(actual);
  }

  /// The invariant on which sums and matrix products rest.
  private static void requireZeroPadding(EncryptedVector vector) {
    Packing packing = Packing.of(vector.length(), P.slots());
    var last = vector.ciphertexts().getLast();
    double[] slots = KEYS.encoder().decode(KEYS.decryptor().decrypt(last));
    for (int j = 0; j < slots.length; j++) {
      int element = j % packing.period();
      if (element >= packing.lengthOf(packing.pieces() - 1)) {
        assertThat(slots[j]).as("padding in slot %d", j).isCloseTo(0, within(CLOSE));
      } else {
        assertThat(slots[j]).as("slot %d", j).isCloseTo(slots[element], within(CLOSE));
      }
    }
  }

  @Property(tries = 12)
  void sumsAndProducts(@ForAll @IntRange(min = 1, max = 1300) int length, @ForAll long seed) {
    double[] a = random(length, seed);
    double[] b = random(length, ~seed);
    EncryptedVector x = CKKS.encrypt(a);
    EncryptedVector y = CKKS.encrypt(b);

    requireClose(x, a);
    requireClose(x.plus(y), zip(a, b, Double::sum));
    requireClose(x.minus(y), zip(a, b, (p, q) -> p - q));
    requireClose(x.plus(b), zip(a, b, Double::sum));
    requireClose(x.minus(b), zip(a, b, (p, q) -> p - q));
    requireClose(x.plus(0.5), zip(a, b, (p, _) -> p + 0.5));
    requireClose(x.minus(0.5), zip(a, b, (p, _) -> p - 0.5));
    requireClose(x.negated(), zip(a, b, (p, _) -> -p));
    requireClose(x.times(y), zip(a, b, (p, q) -> p * q));
    requireClose(x.times(b), zip(a, b, (p, q) -> p * q));
    requireClose(x.times(-0.75), zip(a, b, (p, _) -> -0.75 * p));
    requireClose(x.squared(), zip(a, b, (p, _) -> p * p));
    // Different levels on both sides.
    requireClose(x.times(y).plus(x), zip(a, b, (p, q) -> p * q + p));
    requireClose(x.minus(x.times(y).squared()), zip(a, b, (p, q) -> p - p * q * p * q));
    requireClose(x.times(y).times(y), zip(a, b, (p, q) -> p * q * q));
  }

  @Property(tries = 8)
  void sumsOfAllElements(@ForAll @IntRange(min = 1, max = 1300) int length, @ForAll long seed) {
    double[] a = random(length, seed);
    double[] b = random(length, ~seed);
    EncryptedVector x = CKKS.encrypt(a);
    double dot = Arrays.stream(zip(a, b, (p, q) -> p * q)).sum();

    requireClose(x.sum(), Arrays.stream(a).sum());
    requireClose(x.dot(CKKS.encrypt(b)), dot);
    requireClose(x.dot(b), dot);
    requireClose(x.plus(1).sum(), Arrays.stream(a).sum() + length);
    // One number with a vector: broadcast.
    EncryptedVector one = x.dot(b).times(1.0 / length);
    requireClose(CKKS.encrypt(b).times(one), zip(b, b, (p, _) -> p * dot / length));
    requireClose(CKKS.encrypt(b).plus(one), zip(b, b, (p, _) -> p + dot / length));
    requireClose(one.minus(CKKS.encrypt(b)), zip(b, b, (p, _) -> dot / length - p));
  }

  @Property(tries = 6)
  void polynomials(@ForAll @IntRange(min = 1, max = 700) int length, @ForAll long seed) {
    double[] a = random(length, seed);
    EncryptedVector x = CKKS.encrypt(a);
    double[] c = {0.25, -1, 0, 0.5, 0.125, 1, 0, -0.5};
    CkksPolynomial plain = CkksPolynomial.power(c);
    requireClose(x.polynomial(c), Arrays.stream(a).map(plain::at).toArray());
    assertThat(x.polynomial(c).level()).isEqualTo(x.level() - 3);
    CkksPolynomial exp = CkksPolynomial.approximate(Math::exp, -2, 2, 9);
    requireClose(x.polynomial(exp), Arrays.stream(a).map(exp::at).toArray());
    // The padding is 0 again, or the sum would be wrong.
    requireClose(
        x.polynomial(c).sum().times(1.0 / length),
        Arrays.stream(a).map(plain::at).average().orElseThrow());
  }

  @Property(tries = 6)
  void matrices(
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 9) int columns,
      @ForAll long seed) {
    requireProducts(rows, columns, seed);
  }

  /// Several pieces on one side.
  @Property(tries = 2)
  void longVectors(@ForAll long seed) {
    requireProducts(3, 700, seed);
  }

  private static void requireProducts(int rows, int columns, long seed) {
    CkksKeys keys = keysFor(rows, columns);
    CkksContext ckks = CkksContext.of(keys);
    double[][] m = new double[rows][];
    for (int i = 0; i < rows; i++) {
      m[i] = random(columns, seed + i);
    }
    double[] x = random(columns, ~seed);
    double[] y = random(rows, ~seed * 3);
    assertThat(ckks.encrypt(x).premultiply(m).decrypt(keys.secretKey()))
        .containsExactly(times(m, x), within(CLOSE));
    double[][] t = new double[columns][rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        t[j][i] = m[i][j];
      }
    }
    if (columns <= 9) {
      assertThat(ckks.encrypt(y).matmul(m).decrypt(keys.secretKey()))
          .containsExactly(times(t, y), within(CLOSE));
    }
  }

  private static CkksKeys keysFor(int rows, int columns) {
    if (rows == 3 && columns == 700) {
      return KEYS;
    }
    return CkksKeys.generate(
        P, RotationPlan.none().withMatrix(rows, columns).withMatrix(columns, rows).steps(P));
  }

  private static double[] times(double[][] m, double[] x) {
    return Arrays.stream(m)
        .mapToDouble(row -> IntStream.range(0, x.length).mapToDouble(j -> row[j] * x[j]).sum())
        .toArray();
  }
}
