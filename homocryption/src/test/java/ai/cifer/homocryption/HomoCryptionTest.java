package ai.cifer.homocryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.Preset;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The front door at real parameters.
class HomoCryptionTest {

  @Test
  void sixOperations() {
    try (HomoCryption homo = new HomoCryption()) {
      homo.generateNamedKeys("clinic");
      EncryptedVector a = homo.encrypt("clinic", 1, 2, 3);
      EncryptedVector b = homo.encrypt("clinic", 4, 5, 6);
      EncryptedVector product = homo.mul(homo.add(a, b), b);
      EncryptedVector c = homo.relinearize(product);
      assertThat(product.isRelinearized()).isFalse();
      assertThat(c.isRelinearized()).isTrue();
      assertThat(c.level()).isEqualTo(a.level() - 1);
      assertThat(homo.decrypt("clinic", c))
          .containsExactly(new double[] {20, 35, 54}, within(1e-5));
      // Who forgets to relinearize gets the same.
      assertThat(homo.decrypt("clinic", product))
          .containsExactly(new double[] {20, 35, 54}, within(1e-5));
      assertThat(homo.decrypt("clinic", homo.add(product, a)))
          .containsExactly(new double[] {21, 37, 57}, within(1e-5));
      assertThat(homo.decrypt("clinic", homo.mul(product, b)))
          .containsExactly(new double[] {80, 175, 324}, within(1e-4));
    }
  }

  /// The matrix-vector product of the promise "under ten lines".
  @Test
  void matrixTimesVector_128() {
    double[][] matrix = new double[128][];
    Arrays.setAll(matrix, i -> numbers(128, i));
    double[] vector = numbers(128, 999);
    double[] product;
    // The user's lines:
    CkksParameters parameters = CkksParameters.of(Preset.C13);
    RotationPlan plan = RotationPlan.none().withMatrix(128, 128);
    try (CkksKeys keys = CkksKeys.generate(parameters, plan.steps(parameters))) {
      EncryptedVector x = CkksContext.of(keys).encrypt(vector);
      product = x.premultiply(matrix).decrypt(keys.secretKey());
    }
    // To here.
    double[] expected =
        Arrays.stream(matrix)
            .mapToDouble(r -> IntStream.range(0, 128).mapToDouble(j -> r[j] * vector[j]).sum())
            .toArray();
    assertThat(product).containsExactly(expected, within(0x1p-14));
  }

  /// The sigmoid of degree 7 of the promise "under ten lines": least squares on [-8, 8].
  @Test
  void sigmoid_of8192Values() {
    double[] values = IntStream.range(0, 8192).mapToDouble(i -> 8 * Math.sin(i)).toArray();
    double[] y;
    // The user's lines:
    double[] c = {0.5, 1.73516, 0, -4.19567, 0, 5.43727, 0, -2.50928};
    try (CkksKeys keys = CkksKeys.generate(CkksParameters.of(Preset.C14))) {
      EncryptedVector x = CkksContext.of(keys).encrypt(values);
      y = x.times(1.0 / 8).polynomial(c).decrypt(keys.secretKey());
    }
    // To here.
    for (int i = 0; i < values.length; i++) {
      double t = values[i] / 8;
      double polynomial = 0;
      for (int k = c.length - 1; k >= 0; k--) {
        polynomial = polynomial * t + c[k];
      }
      assertThat(y[i]).isCloseTo(polynomial, within(0x1p-20));
      assertThat(y[i]).isCloseTo(1 / (1 + Math.exp(-values[i])), within(0.0325));
    }
  }

  private static double[] numbers(int length, long seed) {
    Random random = new Random(seed);
    return IntStream.range(0, length).mapToDouble(_ -> (2 * random.nextDouble() - 1) / 4).toArray();
  }
}
