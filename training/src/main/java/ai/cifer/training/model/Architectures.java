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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The networks that come with Cifer.
///
/// | name | for | values |
/// | --- | --- | --- |
/// | `cnn` | 28x28 images, 10 classes | 52,138 |
/// | `cnn-large` | the same | 2,001,436 |
/// | `mlp INPUTS HIDDEN ... CLASSES` | tables: linear layers with rectifiers between them, for example
///   `mlp 30 16 2`; `mlp 30 2` is logistic regression | by the sizes |
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

  private static final String PERCEPTRON = "mlp";

  private static final Set<String> NAMES = names(BY_NAME.keySet());

  private static Set<String> names(Set<String> fixed) {
    Set<String> names = new TreeSet<>(fixed);
    names.add(PERCEPTRON);
    return Collections.unmodifiableSet(names);
  }

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

  /// @param name `mlp` and the widths of its layers
  private static Architecture perceptron(String name) throws TrainingException {
    if (!name.matches("mlp( [1-9][0-9]{0,5}){2,17}")) {
      throw new TrainingException(
          "architecture: %s (expected: mlp INPUTS HIDDEN ... CLASSES, for example mlp 30 16 2)"
              .formatted(name));
    }
    List<Integer> widths = Arrays.stream(name.split(" ")).skip(1).map(Integer::parseInt).toList();
    List<Layer> layers = new ArrayList<>();
    for (int i = 1; i < widths.size(); i++) {
      if (i > 1) {
        layers.add(new Relu());
      }
      layers.add(new Linear("fc" + i, widths.get(i - 1), widths.get(i)));
    }
    return new Architecture(name, List.of(widths.getFirst()), widths.getLast(), layers);
  }

  /// The network of this name.
  ///
  /// @throws TrainingException if there is none; the message lists the names
  public static Architecture named(String name) throws TrainingException {
    if (GlobalModel.label(name).equals(PERCEPTRON)) {
      return perceptron(name);
    }
    Architecture found = BY_NAME.get(name);
    if (found == null) {
      throw new TrainingException("architecture: %s (expected: one of %s)".formatted(name, NAMES));
    }
    return found;
  }

  @Override
  public Set<String> names() {
    return NAMES;
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
