package ai.cifer.homocryption.ckks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Misuse, and one pass through every basic operation.
class CkksEvaluatorTest {
  private static final CkksParameters P = TestParameters.INSECURE_N10;
  private static final CkksKeys KEYS = CkksKeys.generate(P, List.of(1, -2), true);
  private static final CkksEvaluator EVALUATOR = KEYS.evaluator();

  private static double[] vector(IntToDoubleFunction f) {
    return IntStream.range(0, P.slots()).mapToDouble(f).toArray();
  }

  private static CkksCiphertext encrypt(double[] values) {
    return KEYS.encryptor().encrypt(KEYS.encoder().encode(values));
  }

  private static double[] decrypt(CkksCiphertext a) {
    return KEYS.encoder().decode(KEYS.decryptor().decrypt(a));
  }

  private static void close(CkksCiphertext actual, IntToDoubleFunction expected) {
    double[] values = decrypt(actual);
    for (int j = 0; j < values.length; j++) {
      assertThat(values[j])
          .isBetween(expected.applyAsDouble(j) - 1e-6, expected.applyAsDouble(j) + 1e-6);
    }
  }

  private static double f(int j) {
    return Math.sin(j);
  }

  private static double g(int j) {
    return Math.cos(3 * j);
  }

  @Test
  void everyOperationOnce() {
    var x = encrypt(vector(CkksEvaluatorTest::f));
    var y = KEYS.encryptor().encryptSeeded(KEYS.encoder().encode(vector(CkksEvaluatorTest::g)));
    int n = P.slots();
    close(EVALUATOR.add(x, y), j -> f(j) + g(j));
    close(EVALUATOR.subtract(x, y), j -> f(j) - g(j));
    close(EVALUATOR.negate(x), j -> -f(j));
    close(EVALUATOR.add(x, 2.5), j -> f(j) + 2.5);
    close(EVALUATOR.multiply(x, y), j -> f(j) * g(j));
    var xy = EVALUATOR.rescale(EVALUATOR.relinearize(EVALUATOR.multiply(x, y)));
    close(xy, j -> f(j) * g(j));
    assertThat(xy.level()).isEqualTo(P.depth() - 1);
    var half = EVALUATOR.rescale(EVALUATOR.multiply(x, 0.5));
    close(EVALUATOR.add(xy, half), j -> f(j) * (g(j) + 0.5));
    var plain =
        KEYS.encoder().encode(vector(CkksEvaluatorTest::g), x.level(), EVALUATOR.plaintextScale(x));
    close(EVALUATOR.rescale(EVALUATOR.multiply(x, plain)), j -> f(j) * g(j));
    close(EVALUATOR.rotate(x, 1), j -> f((j + 1) % n));
    close(EVALUATOR.rotate(x, -2), j -> f((j + n - 2) % n));
    var rotations = EVALUATOR.rotations(x, 1, -2, 0);
    close(rotations.get(0), j -> f((j + 1) % n));
    close(rotations.get(1), j -> f((j + n - 2) % n));
    close(EVALUATOR.conjugate(x), CkksEvaluatorTest::f);
    close(EVALUATOR.levelDrop(x, 0), CkksEvaluatorTest::f);
    close(EVALUATOR.add(EVALUATOR.matchTo(x, xy), xy), j -> f(j) * (1 + g(j)));
  }

  @Test
  void misuseSaysWhatToDo() {
    var x = encrypt(vector(CkksEvaluatorTest::f));
    var low = EVALUATOR.levelDrop(x, 0);
    assertThatThrownBy(() -> EVALUATOR.rescale(low)).isInstanceOf(LevelExhausted.class);
    assertThatThrownBy(() -> EVALUATOR.multiply(low, low)).isInstanceOf(LevelExhausted.class);
    assertThatThrownBy(() -> EVALUATOR.multiply(low, 2)).isInstanceOf(LevelExhausted.class);
    assertThatThrownBy(() -> EVALUATOR.levelDrop(low, 1)).isInstanceOf(LevelExhausted.class);
    assertThatThrownBy(() -> EVALUATOR.add(x, EVALUATOR.multiply(x, x)))
        .isInstanceOf(ScaleMismatch.class)
        .hasMessageContaining("matchTo");
    assertThatThrownBy(() -> EVALUATOR.rescale(x)).isInstanceOf(ScaleMismatch.class);
    assertThatThrownBy(() -> EVALUATOR.rotate(x, 7))
        .isInstanceOf(MissingKey.class)
        .hasMessageContaining("rotation by 7");
    assertThatThrownBy(() -> EVALUATOR.subtract(x, x)).isInstanceOf(TransparentCiphertext.class);
    assertThatThrownBy(() -> EVALUATOR.multiplyInteger(x, 0))
        .isInstanceOf(TransparentCiphertext.class);
    assertThatThrownBy(() -> new CkksEvaluator(P).relinearize(EVALUATOR.square(x)))
        .isInstanceOf(MissingKey.class);
    try (var others = CkksKeys.generate(P)) {
      assertThatThrownBy(() -> others.decryptor().decrypt(x)).isInstanceOf(WrongKey.class);
      var y = others.encryptor().encrypt(others.encoder().encode(vector(CkksEvaluatorTest::g)));
      assertThatThrownBy(() -> EVALUATOR.add(x, y)).isInstanceOf(WrongKey.class);
    }
    var other = new CkksEvaluator(TestParameters.INSECURE_N8);
    assertThatThrownBy(() -> other.negate(x)).isInstanceOf(WrongParameters.class);
  }

  @Test
  void valuesThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> KEYS.encoder().encode(new double[] {1, Double.NaN}))
        .isInstanceOf(ValueOutOfRange.class)
        .hasMessageContaining("value 1");
    double[] large = {1e9};
    assertThatThrownBy(() -> KEYS.encoder().encode(large, 0, P.scale()))
        .isInstanceOf(ValueOutOfRange.class);
  }
}
