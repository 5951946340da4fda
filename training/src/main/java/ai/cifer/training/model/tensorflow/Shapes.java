package ai.cifer.training.model.tensorflow;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.training.model.ProtoMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// `TensorShapeProto`: `dim = 2` of `size = 1`, `unknown_rank = 3`.
///
/// @see <a
///   href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/tensor_shape.proto">tensor_shape.proto</a>
final class Shapes {

  private Shapes() {}

  /// @throws IOException unless every dimension is known
  static List<Integer> fixed(String name, ProtoMessage message) throws IOException {
    List<Integer> shape = open(name, message);
    if (shape.contains(-1)) {
      throw new IOException("shape of %s: %s (expected: >= 0)".formatted(name, shape));
    }
    return shape;
  }

  /// Dimensions, where -1 stands for any size; of an unknown rank none.
  static List<Integer> open(String name, ProtoMessage message) throws IOException {
    List<Integer> shape = new ArrayList<>();
    for (int field = message.next(); field != 0; field = message.next()) {
      if (field == 2) {
        long size = size(message.message());
        if (size < -1 || size > Integer.MAX_VALUE || shape.size() == TensorSpec.MAX_RANK) {
          throw new IOException("shape of %s: %s, %d".formatted(name, shape, size));
        }
        shape.add((int) size);
      }
    }
    return shape;
  }

  private static long size(ProtoMessage dimension) throws IOException {
    long size = 0;
    for (int field = dimension.next(); field != 0; field = dimension.next()) {
      size = field == 1 ? dimension.number() : size;
    }
    return size;
  }
}
