package ai.cifer.fedlearn.tensor;

import java.util.List;

/// The name and shape of one tensor of a model; values are always float32.
///
/// @param name non-empty, at most [#MAX_NAME_LENGTH] characters, no control characters
/// @param shape every dimension >= 1, at most [#MAX_RANK] of them; the empty shape is a scalar
public record TensorSpec(String name, List<Integer> shape) {

  public static final int MAX_NAME_LENGTH = 512;
  public static final int MAX_RANK = 16;

  public TensorSpec {
    if (name.isEmpty() || name.length() > MAX_NAME_LENGTH || name.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException(
          "tensor name of %d characters (expected: 1 to %d printable ones)"
              .formatted(name.length(), MAX_NAME_LENGTH));
    }
    shape = List.copyOf(shape);
    if (shape.size() > MAX_RANK) {
      throw new IllegalArgumentException(
          "rank of %s: %d (expected: <= %d)".formatted(name, shape.size(), MAX_RANK));
    }
    long size = 1;
    for (int dimension : shape) {
      if (dimension < 1) {
        throw new IllegalArgumentException(
            "shape of %s: %s (expected: dimensions >= 1)".formatted(name, shape));
      }
      // A hostile header may claim any shape: the product must not wrap around.
      size = Math.multiplyExact(size, (long) dimension);
    }
  }

  /// The number of values, the product of the dimensions.
  public long size() {
    long size = 1;
    for (int dimension : shape) {
      size *= dimension;
    }
    return size;
  }
}
