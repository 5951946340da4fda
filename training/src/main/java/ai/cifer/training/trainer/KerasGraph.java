package ai.cifer.training.trainer;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.model.keras.KerasLayer;
import ai.cifer.training.model.keras.KerasNetwork;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A network of Keras. Tensors have Keras's layouts in the model; in the engine kernels have
/// PyTorch's.
final class KerasGraph implements Network {

  private final KerasNetwork network;
  private final NDManager manager;
  private final Map<String, KerasKernel> kernels = new HashMap<>();
  private final Map<String, PtNDArray> weights = new LinkedHashMap<>();
  private final Map<String, float[]> statistics = new LinkedHashMap<>();
  private final Set<String> buffers = new LinkedHashSet<>();

  /// Examples come channel by channel, while the network has channels last.
  private final boolean channelsFirst;

  private KerasGraph(KerasNetwork network, List<Integer> example, NDManager manager) {
    this.network = network;
    this.manager = manager;
    channelsFirst = Network.isChannelsFirst(example, network.inputShape());
  }

  /// @param example the shape of an example
  /// @throws TrainingException if the description is malformed or the tensors are not its
  static KerasGraph of(GlobalModel model, List<Integer> example, NDManager parent, boolean learning)
      throws TrainingException {
    KerasNetwork network;
    try {
      network = KerasNetwork.parse(model.architecture());
    } catch (IOException malformed) {
      throw new TrainingException("architecture: " + malformed.getMessage(), malformed);
    }
    var graph = new KerasGraph(network, example, parent.newSubManager());
    Set<String> missing = new LinkedHashSet<>();
    for (KerasLayer layer : network.layers()) {
      layer.variables().forEach(variable -> missing.add(layer.tensor(variable)));
    }
    ModelLayout layout = model.tensors().layout();
    for (TensorSpec tensor : layout.tensors()) {
      if (!missing.remove(tensor.name())) {
        graph.close();
        throw new TrainingException(
            "tensor %s (expected: those of %s)".formatted(tensor.name(), network.name()));
      }
    }
    if (!missing.isEmpty()) {
      graph.close();
      throw new TrainingException("tensors missing: %s".formatted(missing));
    }
    graph.load(model.tensors(), learning);
    return graph;
  }

  private void load(Tensors tensors, boolean learning) {
    for (KerasLayer layer : network.layers()) {
      for (String variable : layer.variables()) {
        String name = layer.tensor(variable);
        int index = Network.index(tensors.layout(), name);
        float[] values = tensors.values(index);
        if (KerasLayer.isStatistic(variable)) {
          statistics.put(name, values);
          buffers.add(name);
          continue;
        }
        List<Integer> shape = tensors.layout().tensors().get(index).shape();
        KerasKernel kernel = KerasKernel.of(layer.type(), variable, shape);
        kernels.put(name, kernel);
        PtNDArray weight =
            (PtNDArray) manager.create(kernel.toEngine(values), new Shape(kernel.engineShape()));
        if (learning) {
          weight.setRequiresGradient(true);
        }
        weights.put(name, weight);
      }
    }
  }

  @Override
  public NDArray scores(
      NDManager batch, float[] features, int size, @Nullable RandomGenerator chance)
      throws TrainingException {
    return run(batch, features, size, chance, false);
  }

  /// What Keras's `predict` gives.
  @Override
  public NDArray outputs(NDManager batch, float[] features, int size) throws TrainingException {
    return run(batch, features, size, null, true);
  }

  private NDArray run(
      NDManager batch,
      float[] features,
      int size,
      @Nullable RandomGenerator chance,
      boolean activated)
      throws TrainingException {
    Shape shape = Network.batch(network.name(), network.inputShape(), size, features.length);
    Map<String, NDArray> done = new HashMap<>();
    for (KerasLayer layer : network.layers()) {
      NDList inputs = new NDList();
      for (String input : layer.inputs()) {
        inputs.add(java.util.Objects.requireNonNull(done.get(input)));
      }
      boolean last = layer.name().equals(network.output());
      try {
        done.put(
            layer.name(),
            layer.type().equals("InputLayer")
                ? input(batch, features, shape)
                : new KerasStep(this, layer, batch, chance, activated || !last).apply(inputs));
      } catch (IllegalArgumentException unfit) {
        throw new TrainingException(
            "layer %s: %s".formatted(layer.name(), unfit.getMessage()), unfit);
      }
      if (last) {
        break;
      }
    }
    return java.util.Objects.requireNonNull(done.get(network.output()));
  }

  private NDArray input(NDManager batch, float[] features, Shape shape) {
    if (!channelsFirst) {
      return batch.create(features, shape);
    }
    Shape found = new Shape(shape.get(0), shape.get(3), shape.get(1), shape.get(2));
    return batch.create(features, found).transpose(0, 2, 3, 1);
  }

  /// A weight in the engine's layout.
  NDArray weight(KerasLayer layer, String variable) {
    return java.util.Objects.requireNonNull(weights.get(layer.tensor(variable)));
  }

  /// A statistic, which a step may change in place.
  float[] statistic(KerasLayer layer, String variable) {
    return java.util.Objects.requireNonNull(statistics.get(layer.tensor(variable)));
  }

  @Override
  public Map<String, PtNDArray> weights() {
    return weights;
  }

  @Override
  public Set<String> buffers() {
    return buffers;
  }

  @Override
  public float[] value(String name) {
    float[] statistic = statistics.get(name);
    if (statistic != null) {
      return statistic.clone();
    }
    KerasKernel kernel = kernels.get(name);
    PtNDArray weight = weights.get(name);
    if (kernel == null || weight == null) {
      throw new IllegalStateException("the tensors were checked: " + name);
    }
    return kernel.fromEngine(weight.toFloatArray());
  }

  @Override
  public void close() {
    manager.close();
  }
}
