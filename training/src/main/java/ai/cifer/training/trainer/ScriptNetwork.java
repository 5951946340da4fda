package ai.cifer.training.trainer;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.model.torch.TorchFile;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A TorchScript graph. Its code runs in this process with all rights of it, so it never comes from
/// the network: each participant names its own file, and the digest of the code is what the round
/// signs.
///
/// Values go in and out through files of the graph's own form, since the engine gives no access to
/// buffers.
final class ScriptNetwork implements Network {

  private final String digest;
  private final NDManager manager;
  private final PtSymbolBlock block;
  private final List<Integer> example;
  private final Map<String, PtNDArray> weights = new LinkedHashMap<>();
  private final Set<String> buffers = new LinkedHashSet<>();
  private final Map<String, float[]> settled = new HashMap<>();
  private @Nullable Shape fitting;

  private ScriptNetwork(
      String digest, NDManager manager, PtSymbolBlock block, List<Integer> example) {
    this.digest = digest;
    this.manager = manager;
    this.block = block;
    this.example = example;
  }

  /// @param graph the participant's own file
  /// @param digest what the round signed
  /// @param example the shape of an example
  /// @throws TrainingException if the file is another graph, or the tensors are not its
  static ScriptNetwork of(
      GlobalModel model,
      Path graph,
      String digest,
      List<Integer> example,
      NDManager parent,
      boolean learning)
      throws TrainingException {
    try {
      TorchFile file = TorchFile.read(graph);
      String found = file.graph().orElse("no TorchScript");
      if (!found.equals(digest)) {
        throw new TrainingException(
            "graph_path %s: %s (expected: the graph of this run, %s)"
                .formatted(graph, found, digest));
      }
      Network.requireTensors(graph.toString(), model.tensors().layout(), file.model().layout());
      Path copy = Files.createTempFile("cifer-graph", ".pt");
      try {
        file.rewrite(graph, model.tensors(), copy);
        return load(copy, digest, file, example, parent, learning);
      } finally {
        Files.deleteIfExists(copy);
      }
    } catch (IOException failure) {
      throw new TrainingException(
          "graph_path %s: %s".formatted(graph, failure.getMessage()), failure);
    }
  }

  private static ScriptNetwork load(
      Path copy,
      String digest,
      TorchFile file,
      List<Integer> example,
      NDManager parent,
      boolean learning) {
    NDManager manager = parent.newSubManager();
    try {
      PtSymbolBlock block =
          JniUtils.loadModule(
              (PtNDManager) manager, copy, true, new String[0], new String[0], learning);
      var network = new ScriptNetwork(digest, manager, block, example);
      for (NDArray parameter : JniUtils.moduleGetParams(block, (PtNDManager) manager)) {
        network.weights.put(
            file.model().representative(parameter.getName()), (PtNDArray) parameter);
      }
      file.model().layout().tensors().forEach(tensor -> network.buffers.add(tensor.name()));
      network.buffers.removeAll(network.weights.keySet());
      return network;
    } catch (RuntimeException failure) {
      manager.close();
      throw failure;
    }
  }

  @Override
  public NDArray scores(
      NDManager batch, float[] features, int size, @Nullable RandomGenerator chance)
      throws TrainingException {
    Shape shape = fitting == null ? fitting(batch) : fitting;
    fitting = shape;
    if (chance == null) {
      JniUtils.enableInferenceMode(block);
    } else {
      JniUtils.enableTrainingMode(block);
    }
    long[] dimensions = shape.getShape().clone();
    dimensions[0] = size;
    NDArray in = batch.create(features, new Shape(dimensions));
    NDArray out = IValueUtils.forward(block, new NDList(in), chance != null).head();
    out.attach(batch);
    return out;
  }

  /// Images without a channel dimension may be meant as images of one channel: what the graph takes
  /// is found out with zeros, in inference mode, so that no statistic changes.
  private Shape fitting(NDManager batch) throws TrainingException {
    Shape plain = new Shape(1).addAll(Network.shape(example));
    boolean gradients = JniUtils.isGradMode();
    JniUtils.enableInferenceMode(block);
    JniUtils.setGradMode(false);
    try (NDManager brief = batch.newSubManager()) {
      forward(brief, plain);
      return plain;
    } catch (EngineException unfit) {
      Shape channel = new Shape(1, 1).addAll(Network.shape(example));
      try (NDManager brief = batch.newSubManager()) {
        forward(brief, channel);
        return channel;
      } catch (EngineException other) {
        throw new TrainingException(
            "shape of an example: %s (expected: what the graph %s takes): %s"
                .formatted(example, digest, firstLine(unfit)),
            unfit);
      }
    } finally {
      JniUtils.setGradMode(gradients);
    }
  }

  private void forward(NDManager brief, Shape shape) {
    NDArray zeros = brief.zeros(shape);
    IValueUtils.forward(block, new NDList(zeros), false).attach(brief);
  }

  private static String firstLine(EngineException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public Map<String, PtNDArray> weights() {
    return weights;
  }

  @Override
  public Set<String> buffers() {
    return buffers;
  }

  @Override
  public void settle() throws TrainingException {
    try {
      Path copy = Files.createTempFile("cifer-graph", ".pt");
      try {
        try (OutputStream out = Files.newOutputStream(copy)) {
          JniUtils.writeModule(block, out, false);
        }
        try (Tensors values = TorchFile.read(copy).model().open(copy).tensors()) {
          for (String buffer : buffers) {
            settled.put(buffer, values.values(Network.index(values.layout(), buffer)));
          }
        }
      } finally {
        Files.deleteIfExists(copy);
      }
    } catch (IOException failure) {
      throw new TrainingException("the graph's buffers: " + failure.getMessage(), failure);
    }
  }

  @Override
  public float[] value(String name) {
    PtNDArray weight = weights.get(name);
    if (weight != null) {
      return weight.toFloatArray();
    }
    float[] buffer = settled.get(name);
    if (buffer == null) {
      throw new IllegalStateException("not settled: " + name);
    }
    return buffer.clone();
  }

  @Override
  public void close() {
    block.close();
    manager.close();
  }
}
