package ai.cifer.training.model;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.training.data.Seeds;
import java.util.List;
import java.util.random.RandomGenerator;

/// The values that a network starts from: uniform in `±sqrt(6 / fan_in)` before a rectifier [1], in
/// `±sqrt(6 / (fan_in + fan_out))` at the output [2]; biases are zero.
///
/// They come from Java's generator, not the engine's: the same seed gives the same bits whatever
/// trains the model.
///
/// @see <a href="https://arxiv.org/abs/1502.01852">[1] He et al., Delving Deep into Rectifiers</a>
/// @see <a href="https://proceedings.mlr.press/v9/glorot10a.html">[2] Glorot and Bengio,
///   Understanding the difficulty of training deep feedforward neural networks</a>
final class FirstValues {

  private FirstValues() {}

  static void draw(Architecture network, long seed, Tensors out) {
    RandomGenerator random = Seeds.generator(seed);
    int index = 0;
    List<Layer> layers = network.layers();
    for (Layer layer : layers) {
      for (TensorSpec tensor : layer.tensors()) {
        if (tensor.shape().size() > 1) {
          boolean output = layer.equals(layers.getLast());
          fill(out, index, bound(tensor.shape(), output), random);
        }
        index++;
      }
    }
  }

  private static double bound(List<Integer> shape, boolean output) {
    double receptive = shape.stream().skip(2).reduce(1, Math::multiplyExact);
    double fanIn = shape.get(1) * receptive;
    double fanOut = shape.get(0) * receptive;
    return StrictMath.sqrt(6 / (output ? fanIn + fanOut : fanIn));
  }

  private static void fill(Tensors out, int index, double bound, RandomGenerator random) {
    float[] values = new float[Math.toIntExact(out.layout().tensors().get(index).size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (bound * (2 * random.nextDouble() - 1));
    }
    out.write(out.layout().offset(index), values, values.length);
  }
}
