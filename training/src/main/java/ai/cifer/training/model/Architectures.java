package ai.cifer.training.model;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ArchitectureProvider;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.model.Layer.Convolution;
import ai.cifer.training.model.Layer.Flatten;
import ai.cifer.training.model.Layer.Linear;
import ai.cifer.training.model.Layer.MaxPooling;
import ai.cifer.training.model.Layer.Relu;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The networks that come with Cifer.
///
/// | name | for | values |
/// | --- | --- | --- |
/// | `cnn` | 28x28 images, 10 classes | 52,138 |
/// | `cnn-large` | the same | 2,001,436 |
public final class Architectures implements ArchitectureProvider {

  private static final List<Integer> IMAGE = List.of(1, 28, 28);
  private static final int CLASSES = 10;

  private static final Map<String, Architecture> BY_NAME =
      new TreeMap<>(
          Map.of(
              "cnn",
              convolutional("cnn", 8, 16, 3, 64),
              "cnn-large",
              convolutional("cnn-large", 32, 64, 3, 630)));

  /// Two convolutions, each halved by pooling, and two linear layers: the shape of LeNet-5.
  private static Architecture convolutional(
      String name, int first, int second, int kernel, int hidden) {
    int padding = kernel / 2;
    return new Architecture(
        name,
        IMAGE,
        CLASSES,
        List.of(
            new Convolution("conv1", 1, first, kernel, padding),
            new Relu(),
            new MaxPooling(2),
            new Convolution("conv2", first, second, kernel, padding),
            new Relu(),
            new MaxPooling(2),
            new Flatten(),
            new Linear("fc1", second * 7 * 7, hidden),
            new Relu(),
            new Linear("fc2", hidden, CLASSES)));
  }

  /// The network of this name.
  ///
  /// @throws TrainingException if there is none; the message lists the names
  public static Architecture named(String name) throws TrainingException {
    Architecture found = BY_NAME.get(name);
    if (found == null) {
      throw new TrainingException(
          "architecture: %s (expected: one of %s)".formatted(name, BY_NAME.keySet()));
    }
    return found;
  }

  @Override
  public Set<String> names() {
    return Set.copyOf(BY_NAME.keySet());
  }

  @Override
  public GlobalModel initialise(String architecture, long seed) throws TrainingException {
    Architecture network = named(architecture);
    ModelLayout layout = network.layout();
    Tensors tensors = Tensors.allocate(layout);
    FirstValues.draw(network, seed, tensors);
    return new GlobalModel(architecture, tensors);
  }
}
