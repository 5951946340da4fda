package ai.cifer.training.model.onnx;

import ai.cifer.training.model.ProtoMessage;
import java.io.IOException;
import java.util.Map;

/// Looks for values in other files wherever a model of ONNX may hold values: a runtime would read
/// them from whatever path the model names.
///
/// Each constant is a part of `onnx.proto` that leads to tensors, with the numbers of the fields
/// that do.
///
/// @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>
enum ForeignValues {
  MODEL,
  TRAINING,
  FUNCTION,
  GRAPH,
  NODE,
  ATTRIBUTE,
  SPARSE_TENSOR,
  TENSOR;

  /// Deeper than graphs in loops in conditions are in practice, and far from the end of a stack.
  private static final int MAX_DEPTH = 100;

  private static final int NAME = 8;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;

  private Map<Integer, ForeignValues> parts() {
    return switch (this) {
      case MODEL -> Map.of(7, GRAPH, 20, TRAINING, 25, FUNCTION);
      case TRAINING -> Map.of(1, GRAPH, 2, GRAPH);
      case FUNCTION -> Map.of(7, NODE, 11, ATTRIBUTE);
      case GRAPH -> Map.of(1, NODE, 5, TENSOR, 15, SPARSE_TENSOR);
      case NODE -> Map.of(5, ATTRIBUTE);
      case ATTRIBUTE ->
          Map.of(5, TENSOR, 6, GRAPH, 10, TENSOR, 11, GRAPH, 22, SPARSE_TENSOR, 23, SPARSE_TENSOR);
      case SPARSE_TENSOR -> Map.of(1, TENSOR, 2, TENSOR);
      case TENSOR -> Map.of();
    };
  }

  /// @throws IOException if there are some, or the model is malformed
  static void requireNone(ProtoMessage model) throws IOException {
    MODEL.requireNone(model, 0);
  }

  private void requireNone(ProtoMessage message, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException("graphs in graphs: more than %d parts deep".formatted(MAX_DEPTH));
    }
    if (this == TENSOR) {
      requireHere(message);
      return;
    }
    Map<Integer, ForeignValues> parts = parts();
    for (int field = message.next(); field != 0; field = message.next()) {
      ForeignValues part = parts.get(field);
      if (part != null) {
        part.requireNone(message.message(), depth + 1);
      }
    }
  }

  private static void requireHere(ProtoMessage tensor) throws IOException {
    String name = "";
    boolean elsewhere = false;
    for (int field = tensor.next(); field != 0; field = tensor.next()) {
      switch (field) {
        case NAME -> name = tensor.text();
        case EXTERNAL_DATA -> elsewhere = true;
        case DATA_LOCATION -> elsewhere |= tensor.number() != 0;
        default -> {
          // Values and what they mean.
        }
      }
    }
    if (elsewhere) {
      throw new IOException(
          "tensor %s: its values are in another file (expected: in this one; onnx.save_model(..., save_as_external_data=False) writes it so)"
              .formatted(name));
    }
  }
}
