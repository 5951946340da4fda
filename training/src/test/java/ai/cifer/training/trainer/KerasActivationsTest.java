package ai.cifer.training.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/// Activations by their definitions in Keras's documentation; those of whole networks are in
/// [KerasGraphTest].
///
/// @see <a href="https://keras.io/api/layers/activations/">Keras: layer activation functions</a>
class KerasActivationsTest {

  private static final float[] INPUTS = {-7, -2, -0.5f, 0, 0.25f, 1, 3, 8};

  private static final Map<String, DoubleUnaryOperator> DEFINITIONS =
      Map.of(
          "linear", x -> x,
          "relu6", x -> Math.clamp(x, 0, 6),
          "selu", x -> 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
          "softplus", x -> Math.log1p(Math.exp(x)),
          "softsign", x -> x / (1 + Math.abs(x)),
          "exponential", Math::exp,
          "leaky_relu", x -> x > 0 ? x : 0.2 * x,
          "silu", x -> x / (1 + Math.exp(-x)));

  @Test
  void eachIsWhatKerasSaysItIs() throws Exception {
    try (NDManager manager = PyTorchEngine.newManager()) {
      for (var activation : DEFINITIONS.entrySet()) {
        float[] found =
            KerasActivations.apply(activation.getKey(), manager.create(INPUTS, new Shape(2, 4)))
                .toFloatArray();
        for (int i = 0; i < INPUTS.length; i++) {
          double expected = activation.getValue().applyAsDouble(INPUTS[i]);
          assertThat((double) found[i])
              .as("%s(%s)", activation.getKey(), INPUTS[i])
              .isCloseTo(expected, within(1e-6 * Math.max(1, Math.abs(expected))));
        }
      }
    }
  }

  @Test
  void logarithmsOfSoftmaxGoAlongTheLastDimension() throws Exception {
    try (NDManager manager = PyTorchEngine.newManager()) {
      float[] found =
          KerasActivations.apply("log_softmax", manager.create(INPUTS, new Shape(2, 4)))
              .toFloatArray();
      for (int row = 0; row < 2; row++) {
        double sum = 0;
        for (int i = 0; i < 4; i++) {
          sum += Math.exp(INPUTS[4 * row + i]);
        }
        for (int i = 4 * row; i < 4 * row + 4; i++) {
          assertThat((double) found[i]).isCloseTo(INPUTS[i] - Math.log(sum), within(1e-5));
        }
      }
    }
  }
}
