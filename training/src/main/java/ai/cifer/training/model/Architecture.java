package ai.cifer.training.model;

import ai.cifer.fedlearn.tensor.ModelLayout;
import java.util.List;

/// A network as plain data: its name, the shape of an example, and its layers in order.
///
/// @param name what configurations and model files call it
/// @param inputShape of one example, `[channels, height, width]`
/// @param classes the number of outputs
/// @param layers from input to output
public record Architecture(String name, List<Integer> inputShape, int classes, List<Layer> layers) {

  /// @throws IllegalArgumentException if a layer does not fit the one before it
  public Architecture {
    inputShape = List.copyOf(inputShape);
    layers = List.copyOf(layers);
    List<Integer> shape = inputShape;
    for (Layer layer : layers) {
      shape = layer.outputShape(shape);
    }
    if (!shape.equals(List.of(classes))) {
      throw new IllegalArgumentException(
          "output of %s: %s (expected: [%d])".formatted(name, shape, classes));
    }
  }

  /// The tensors of all layers, in order.
  public ModelLayout layout() {
    return new ModelLayout(layers.stream().flatMap(layer -> layer.tensors().stream()).toList());
  }
}
