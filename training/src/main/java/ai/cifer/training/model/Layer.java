package ai.cifer.training.model;

import ai.cifer.fedlearn.tensor.TensorSpec;
import java.util.List;

/// A step of a network as plain data, so that layouts, first values and trainers agree on it.
///
/// Shapes are those of one example, without the batch: `[channels, height, width]` for images.
public sealed interface Layer {

  /// The shape that comes out when `in` goes in.
  ///
  /// @throws IllegalArgumentException if `in` does not fit; the message names both shapes
  List<Integer> outputShape(List<Integer> in);

  /// The tensors that this layer owns, named and shaped as PyTorch does.
  default List<TensorSpec> tensors() {
    return List.of();
  }

  /// Cross-correlation with a square kernel, stride 1, plus a bias for each output channel.
  ///
  /// @param padding zeros on each side
  record Convolution(String name, int inChannels, int outChannels, int kernel, int padding)
      implements Layer {
    @Override
    public List<Integer> outputShape(List<Integer> in) {
      require(
          in.size() == 3 && in.getFirst() == inChannels,
          name,
          in,
          "[%d, height, width]".formatted(inChannels));
      int height = in.get(1) + 2 * padding - kernel + 1;
      int width = in.get(2) + 2 * padding - kernel + 1;
      require(height >= 1 && width >= 1, name, in, "at least the kernel of %d".formatted(kernel));
      return List.of(outChannels, height, width);
    }

    @Override
    public List<TensorSpec> tensors() {
      return List.of(
          new TensorSpec(name + ".weight", List.of(outChannels, inChannels, kernel, kernel)),
          new TensorSpec(name + ".bias", List.of(outChannels)));
    }
  }

  /// The maximum over squares of side `size` that do not overlap.
  record MaxPooling(int size) implements Layer {
    @Override
    public List<Integer> outputShape(List<Integer> in) {
      require(in.size() == 3, "pooling", in, "[channels, height, width]");
      require(in.get(1) >= size && in.get(2) >= size, "pooling", in, "at least " + size);
      return List.of(in.get(0), in.get(1) / size, in.get(2) / size);
    }
  }

  /// `max(0, x)`.
  record Relu() implements Layer {
    @Override
    public List<Integer> outputShape(List<Integer> in) {
      return in;
    }
  }

  /// All values in one dimension, channel by channel.
  record Flatten() implements Layer {
    @Override
    public List<Integer> outputShape(List<Integer> in) {
      return List.of(in.stream().reduce(1, Math::multiplyExact));
    }
  }

  /// `W x + b`.
  record Linear(String name, int inputs, int outputs) implements Layer {
    @Override
    public List<Integer> outputShape(List<Integer> in) {
      require(in.equals(List.of(inputs)), name, in, "[%d]".formatted(inputs));
      return List.of(outputs);
    }

    @Override
    public List<TensorSpec> tensors() {
      return List.of(
          new TensorSpec(name + ".weight", List.of(outputs, inputs)),
          new TensorSpec(name + ".bias", List.of(outputs)));
    }
  }

  private static void require(boolean fits, String layer, List<Integer> in, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(
          "input of %s: %s (expected: %s)".formatted(layer, in, expected));
    }
  }
}
