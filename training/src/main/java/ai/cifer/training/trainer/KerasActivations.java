package ai.cifer.training.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.internal.NDArrayEx;

/// Activations by Keras's names.
final class KerasActivations {

  private KerasActivations() {}

  /// @throws IllegalArgumentException if there is none of that name
  static NDArray apply(String name, NDArray in) {
    NDArrayEx engine = in.getNDArrayInternal();
    return switch (name) {
      case "linear" -> in;
      case "relu" -> engine.relu();
      case "relu6" -> engine.relu().minimum(6f);
      case "sigmoid" -> engine.sigmoid();
      case "tanh" -> engine.tanh();
      case "softmax" -> in.softmax(-1);
      case "log_softmax" -> in.logSoftmax(-1);
      case "elu" -> engine.elu(1);
      case "selu" -> engine.selu();
      case "gelu" -> engine.gelu();
      case "swish", "silu" -> in.mul(engine.sigmoid());
      case "softplus" -> engine.softPlus();
      case "softsign" -> engine.softSign();
      case "exponential" -> in.exp();
      case "leaky_relu" -> leaky(in, 0.2);
      default ->
          throw new IllegalArgumentException(
              "activation: %s (expected: linear, relu, relu6, leaky_relu, sigmoid, tanh, softmax, log_softmax, elu, selu, gelu, swish, softplus, softsign or exponential)"
                  .formatted(name));
    };
  }

  static NDArray leaky(NDArray in, double slope) {
    NDArrayEx engine = in.getNDArrayInternal();
    return slope == 0 ? engine.relu() : engine.leakyRelu((float) slope);
  }
}
