package ai.cifer.homocryption.ckks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Matrices times encrypted vectors, and inner sums, against the same in doubles.
class LinearTransformTest {
  private static final CkksParameters P = TestParameters.INSECURE_N10;
  private static final CkksKeys KEYS = CkksKeys.generate(P, rotations());

  private static Set<Integer> rotations() {
    Set<Integer> rotations = new LinkedHashSet<>(LinearTransform.rotations(128));
    for (int side : new int[] {1, 2, 5, 16, 64, 100}) {
      rotations.addAll(LinearTransform.rotations(side));
    }
    for (int count : new int[] {1, 2, 7, 13, 32, P.slots()}) {
      rotations.addAll(GaloisKeys.innerSumRotations(1, count));
      rotations.addAll(GaloisKeys.innerSumRotations(-3, count));
    }
    return rotations;
  }

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private static double[] decrypt(CkksCiphertext a) {
    return KEYS.encoder().decode(KEYS.decryptor().decrypt(a));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "2, 2",
    "5, 3",
    "3, 5",
    "16, 16",
    "64, 64",
    "128, 100",
    "100, 128",
    "128, 128"
  })
  void matrixTimesVector(int height, int width) {
    RandomGenerator random = random(height);
    double[][] m = new double[height][width];
    for (double[] row : m) {
      for (int j = 0; j < width; j++) {
        row[j] = random.nextDouble(-1, 1);
      }
    }
    int side = Math.max(height, width);
    double[] x = IntStream.range(0, width).mapToDouble(j -> random.nextDouble(-1, 1)).toArray();
    var transform = LinearTransform.of(KEYS.encoder(), m, P.depth());
    var a = KEYS.encryptor().encrypt(KEYS.encoder().encode(LinearTransform.repeat(x, side, P)));
    CkksCiphertext y = KEYS.evaluator().transform(a, transform);
    assertThat(y.level()).isEqualTo(P.depth() - 1);
    assertThat(y.scale() / P.scale(y.level())).isEqualTo(1, within(1e-12));
    double[] values = decrypt(y);
    for (int i = 0; i < height; i++) {
      double expected = 0;
      for (int j = 0; j < width; j++) {
        expected += m[i][j] * x[j];
      }
      // ‖M‖∞ ≤ 128 times the error of a rotated ciphertext.
      assertThat(values[i]).isEqualTo(expected, within(1e-6 * (1 + width)));
    }
  }

  @Test
  void diagonalMatrixNeedsNoRotation() {
    double[][] m = new double[16][16];
    IntStream.range(0, 16).forEach(i -> m[i][i] = i);
    var transform = LinearTransform.of(KEYS.encoder(), m, 1);
    assertThat(transform.rotations()).isEmpty();
    double[] ones = IntStream.range(0, P.slots()).mapToDouble(j -> 1).toArray();
    var a = KEYS.encryptor().encrypt(KEYS.encoder().encode(ones));
    var y = new CkksEvaluator(KEYS.relinearizationKey()).transform(a, transform);
    assertThat(decrypt(y)[13]).isEqualTo(13, within(1e-5));
  }

  @Test
  void zeroMatrixIsRefused() {
    var transform = LinearTransform.of(KEYS.encoder(), new double[4][4], 1);
    var a = KEYS.encryptor().encrypt(KEYS.encoder().encode(new double[] {1}));
    assertThatThrownBy(() -> KEYS.evaluator().transform(a, transform))
        .hasMessageContaining("matrix: zero");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 2", "1, 7", "1, 13", "-3, 13", "-3, 32", "1, 512"})
  void innerSums(int stride, int count) {
    RandomGenerator random = random(count);
    double[] x = IntStream.range(0, P.slots()).mapToDouble(j -> random.nextDouble(-1, 1)).toArray();
    var a = KEYS.encryptor().encrypt(KEYS.encoder().encode(x));
    double[] sums = decrypt(KEYS.evaluator().innerSum(a, stride, count));
    for (int j : List.of(0, 1, 255, 511)) {
      double expected = 0;
      for (int k = 0; k < count; k++) {
        expected += x[Math.floorMod(j + k * stride, P.slots())];
      }
      assertThat(sums[j]).isEqualTo(expected, within(1e-6 * (1 + count)));
    }
  }
}
