package ai.cifer.training.model.tensorflow;

import ai.cifer.training.model.ElementType;
import java.io.IOException;

/// TensorFlow's numbers of types.
///
/// @see <a
///   href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/types.proto">types.proto</a>
final class DataTypes {

  static final int STRING = 7;

  private DataTypes() {}

  /// @throws IOException if its elements are no numbers of whole bytes
  static ElementType element(String name, long type) throws IOException {
    return switch (Math.clamp(type, 0, 99)) {
      case 1 -> ElementType.FLOAT32;
      case 2 -> ElementType.FLOAT64;
      case 3 -> ElementType.INT32;
      case 4 -> ElementType.UINT8;
      case 5 -> ElementType.INT16;
      case 6 -> ElementType.INT8;
      case 8 -> ElementType.COMPLEX64;
      case 9 -> ElementType.INT64;
      case 10 -> ElementType.BOOL;
      case 14 -> ElementType.BFLOAT16;
      case 17 -> ElementType.UINT16;
      case 19 -> ElementType.FLOAT16;
      case 22 -> ElementType.UINT32;
      case 23 -> ElementType.UINT64;
      default ->
          throw new IOException(
              "type of %s: %d (expected: numbers of whole bytes)".formatted(name, type));
    };
  }

  /// The word for a type in a signature.
  static String title(long type) {
    try {
      return type == STRING ? "string" : element("", type).title();
    } catch (IOException unknown) {
      return "type " + type;
    }
  }
}
