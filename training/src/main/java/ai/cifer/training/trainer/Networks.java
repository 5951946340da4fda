package ai.cifer.training.trainer;

import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.model.keras.KerasNetwork;
import ai.cifer.training.model.onnx.OnnxFile;
import ai.cifer.training.model.tensorflow.SavedModelFolder;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Finds the network that an architecture names.
///
/// | architecture | network |
/// | --- | --- |
/// | a word, `cnn` | one that comes with Cifer |
/// | `keras:NAME {json}` | the layers in the JSON |
/// | `torchscript:DIGEST` | the participant's own `graph_path`, whose code has the digest |
/// | `onnx:DIGEST` | the same, for evaluation only |
/// | `savedmodel:DIGEST` | none here: TensorFlow computes it |
final class Networks {

  private static final String SCRIPT = "torchscript:";

  private Networks() {}

  /// @param graph the participant's own graph
  /// @param example the shape of an example
  /// @param learning whether gradients will be asked for
  static Network open(
      GlobalModel model,
      Optional<Path> graph,
      List<Integer> example,
      NDManager manager,
      boolean learning)
      throws TrainingException {
    String architecture = model.architecture();
    if (architecture.startsWith(KerasNetwork.PREFIX)) {
      return KerasGraph.of(model, example, manager, learning);
    }
    if (architecture.startsWith(SCRIPT)) {
      if (graph.isEmpty()) {
        throw new TrainingException(
            "graph_path: missing (expected: this participant's own copy of the TorchScript graph %s; code is not accepted from the coordinator)"
                .formatted(architecture.substring(SCRIPT.length())));
      }
      return ScriptNetwork.of(
          model, graph.get(), architecture.substring(SCRIPT.length()), example, manager, learning);
    }
    if (architecture.startsWith(OnnxFile.PREFIX)) {
      if (graph.isEmpty() || learning) {
        throw new TrainingException(
            "architecture: %s (expected: %s)"
                .formatted(
                    architecture,
                    learning
                        ? "a trainer program; a graph of ONNX is only evaluated in the JVM"
                        : "graph_path, this participant's own copy of the graph"));
      }
      return onnx(model, graph.get(), example);
    }
    if (architecture.startsWith(SavedModelFolder.PREFIX)) {
      throw new TrainingException(
          "architecture: %s (expected: the trainer tensorflow, or a trainer program; PyTorch does not know graphs of TensorFlow)"
              .formatted(architecture));
    }
    if (architecture.equals(GlobalModel.TENSORS_ONLY)) {
      throw new TrainingException(
          "architecture: tensors only (expected: graph_path at the coordinator, which names the network, or a trainer program)");
    }
    return LayerNetwork.of(model, example, manager, learning);
  }

  /// Its classes are only looked for here: the library is one that a user adds.
  private static Network onnx(GlobalModel model, Path graph, List<Integer> example)
      throws TrainingException {
    try {
      return OnnxNetwork.of(
          model, graph, model.architecture().substring(OnnxFile.PREFIX.length()), example);
    } catch (LinkageError missing) {
      throw new TrainingException(
          "ONNX Runtime does not start: %s (expected: com.microsoft.onnxruntime:onnxruntime on the class path, which has Linux, macOS and Windows)"
              .formatted(missing),
          missing);
    }
  }
}
