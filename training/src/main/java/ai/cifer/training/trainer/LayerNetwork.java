package ai.cifer.training.trainer;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.model.Architecture;
import ai.cifer.training.model.Architectures;
import ai.cifer.training.model.Layer;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One of the [Architectures].
final class LayerNetwork implements Network {

  private final Architecture architecture;
  private final NDManager manager;
  private final Map<String, PtNDArray> weights = new LinkedHashMap<>();

  private LayerNetwork(Architecture architecture, NDManager manager) {
    this.architecture = architecture;
    this.manager = manager;
  }

  /// Copies the values of `model` into the engine.
  ///
  /// @param example the shape of an example
  /// @param parent owns what is copied
  /// @param learning whether gradients will be asked for
  /// @throws TrainingException unless the tensors are those of the architecture, in any order
  static LayerNetwork of(
      GlobalModel model, List<Integer> example, NDManager parent, boolean learning)
      throws TrainingException {
    Architecture architecture = Architectures.named(model.architecture());
    Network.requireTensors(architecture.name(), model.tensors().layout(), architecture.layout());
    List<Integer> input = architecture.inputShape();
    // Images without a channel dimension are images of one channel.
    if (!input.equals(example)
        && !(input.size() == 3 && input.getFirst() == 1 && input.subList(1, 3).equals(example))) {
      throw new TrainingException(
          "shape of an example: %s (expected for %s: %s)"
              .formatted(example, architecture.name(), input));
    }
    var network = new LayerNetwork(architecture, parent.newSubManager());
    for (int i = 0; i < model.tensors().layout().tensors().size(); i++) {
      TensorSpec tensor = model.tensors().layout().tensors().get(i);
      PtNDArray weight =
          (PtNDArray)
              network.manager.create(model.tensors().values(i), Network.shape(tensor.shape()));
      if (learning) {
        weight.setRequiresGradient(true);
      }
      network.weights.put(tensor.name(), weight);
    }
    return network;
  }

  @Override
  public NDArray scores(
      NDManager batch, float[] features, int size, @Nullable RandomGenerator chance)
      throws TrainingException {
    NDArray values =
        batch.create(
            features,
            Network.batch(architecture.name(), architecture.inputShape(), size, features.length));
    for (Layer layer : architecture.layers()) {
      values = apply(layer, values);
    }
    return values;
  }

  private NDArray apply(Layer layer, NDArray in) {
    return switch (layer) {
      case Layer.Convolution convolution ->
          Conv2d.conv2d(
                  in,
                  weight(convolution.name(), "weight"),
                  weight(convolution.name(), "bias"),
                  new Shape(1, 1),
                  new Shape(convolution.padding(), convolution.padding()))
              .singletonOrThrow();
      case Layer.MaxPooling pooling -> {
        var window = new Shape(pooling.size(), pooling.size());
        yield Pool.maxPool2d(in, window, window, new Shape(0, 0), false);
      }
      case Layer.Relu _ -> Activation.relu(in);
      case Layer.Flatten _ -> in.reshape(in.getShape().get(0), -1);
      case Layer.Linear linear ->
          Linear.linear(in, weight(linear.name(), "weight"), weight(linear.name(), "bias"))
              .singletonOrThrow();
    };
  }

  private NDArray weight(String layer, String part) {
    NDArray found = weights.get(layer + "." + part);
    if (found == null) {
      throw new IllegalStateException("the tensors were checked: " + layer + "." + part);
    }
    return found;
  }

  @Override
  public Map<String, PtNDArray> weights() {
    return weights;
  }

  @Override
  public Set<String> buffers() {
    return Set.of();
  }

  @Override
  public float[] value(String name) {
    PtNDArray weight = weights.get(name);
    if (weight == null) {
      throw new IllegalStateException("the tensors were checked: " + name);
    }
    return weight.toFloatArray();
  }

  @Override
  public void close() {
    manager.close();
  }
}
