package ai.cifer.fedlearn.train;

import java.util.List;

/// What a model file holds, without the values.
///
/// @param format the word of its [ModelFormat]
/// @param architecture as in [GlobalModel]
/// @param tensors all of the file, in its order
/// @param signatures what a graph in the file offers by name, for people; empty where files have no
///   such thing
public record ModelSummary(
    String format, String architecture, List<TensorSummary> tensors, List<String> signatures) {

  /// The use of a tensor that training changes by other means than gradients, such as a running
  /// mean. Only files that tell have it; elsewhere it is among the trained ones.
  public static final String BUFFER = "buffer";

  public ModelSummary {
    tensors = List.copyOf(tensors);
    signatures = List.copyOf(signatures);
  }

  /// Of a file without signatures.
  public ModelSummary(String format, String architecture, List<TensorSummary> tensors) {
    this(format, architecture, tensors, List.of());
  }

  /// The same with signatures.
  public ModelSummary withSignatures(List<String> lines) {
    return new ModelSummary(format, architecture, tensors, lines);
  }

  /// @param type of its elements in the file, for example `bfloat16`
  /// @param shape dimensions >= 0
  /// @param use `trained`, [#BUFFER], `tied to NAME` or `kept as it is`
  public record TensorSummary(String name, String type, List<Integer> shape, String use) {
    public TensorSummary {
      shape = List.copyOf(shape);
    }
  }
}
