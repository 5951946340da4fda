package ai.cifer.training.trainer;

import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.model.onnx.OnnxFile;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A graph of ONNX in ONNX Runtime, on one thread: it computes and does not learn.
///
/// Like [ScriptNetwork] it comes from the participant's own file, whose digest is what the round
/// signs.
final class OnnxNetwork implements Network {

  private final OrtSession session;
  private final String input;
  private final TensorInfo type;
  private final List<Integer> shape;
  private final boolean channelsFirst;
  private final String last;

  private OnnxNetwork(OrtSession session, List<Integer> example, String last)
      throws OrtException, TrainingException {
    this.session = session;
    this.last = last;
    List<NodeInfo> inputs = new ArrayList<>(session.getInputInfo().values());
    if (inputs.size() != 1 || !(inputs.getFirst().getInfo() instanceof TensorInfo info)) {
      throw new TrainingException(
          "inputs of the graph: %s (expected: one tensor)".formatted(session.getInputNames()));
    }
    input = inputs.getFirst().getName();
    type = info;
    long[] all = info.getShape();
    if (all.length == 0 || all[0] > 1) {
      throw new TrainingException(
          "input of the graph: %s (expected: any number of examples, or one)"
              .formatted(Arrays.toString(all)));
    }
    List<Integer> wanted =
        Arrays.stream(all).skip(1).mapToObj(each -> (int) Math.max(-1, each)).toList();
    channelsFirst = Network.isChannelsFirst(example, wanted);
    boolean open = wanted.size() == example.size() && wanted.contains(-1);
    shape = open && !channelsFirst ? fitted(example, wanted) : wanted;
  }

  /// Open sizes are those of the example.
  private static List<Integer> fitted(List<Integer> example, List<Integer> wanted) {
    List<Integer> fitted = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      fitted.add(wanted.get(i) < 0 ? example.get(i) : wanted.get(i));
    }
    return fitted;
  }

  /// @param graph the participant's own file
  /// @param digest what the round signed
  /// @param example the shape of an example
  /// @throws TrainingException if the file is another graph, or the tensors are not its
  static OnnxNetwork of(GlobalModel model, Path graph, String digest, List<Integer> example)
      throws TrainingException {
    try {
      OnnxFile file = OnnxFile.read(graph);
      if (!file.digest().equals(digest)) {
        throw new TrainingException(
            "graph_path %s: %s (expected: the graph of this run, %s)"
                .formatted(graph, file.digest(), digest));
      }
      Network.requireTensors(graph.toString(), model.tensors().layout(), file.model().layout());
      Path copy = Files.createTempFile("cifer-graph", ".onnx");
      try {
        file.rewrite(graph, model.tensors(), copy);
        return new OnnxNetwork(session(copy), example, file.last().orElse(""));
      } finally {
        Files.deleteIfExists(copy);
      }
    } catch (IOException failure) {
      throw new TrainingException(
          "graph_path %s: %s".formatted(graph, failure.getMessage()), failure);
    } catch (OrtException failure) {
      throw new TrainingException(
          "graph_path %s: ONNX Runtime refuses it: %s".formatted(graph, failure.getMessage()),
          failure);
    }
  }

  private static OrtSession session(Path file) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    environment.setTelemetry(false);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      return environment.createSession(file.toString(), options);
    }
  }

  @Override
  public NDArray scores(
      NDManager batch, float[] features, int size, @Nullable RandomGenerator chance)
      throws TrainingException {
    NDArray outputs = outputs(batch, features, size);
    return switch (last) {
      // Up to a constant of each row, which cross entropy does not see.
      case "Softmax" -> outputs.maximum(Float.MIN_NORMAL).log();
      case "Sigmoid" -> {
        NDArray within = outputs.clip(Float.MIN_NORMAL, 1 - Math.ulp(0.5f));
        yield within.log().sub(within.neg().add(1).log());
      }
      default -> outputs;
    };
  }

  @Override
  public NDArray outputs(NDManager batch, float[] features, int size) throws TrainingException {
    int step = type.getShape()[0] == 1 ? 1 : size;
    int width = features.length / size;
    float[] all = new float[0];
    long[] found = {};
    for (int i = 0; i < size; i += step) {
      float[] part = Arrays.copyOfRange(features, i * width, (i + step) * width);
      try (OnnxTensor in = tensor(batch, part, step);
          OrtSession.Result result = session.run(Map.of(input, in))) {
        if (!(result.get(0) instanceof OnnxTensor out)) {
          throw new TrainingException("output of the graph: no tensor (expected: one)");
        }
        FloatBuffer values = out.getFloatBuffer();
        if (values == null) {
          throw new TrainingException(
              "output of the graph: %s (expected: float)".formatted(out.getInfo().type));
        }
        if (all.length == 0) {
          found = out.getInfo().getShape();
          all = new float[Math.multiplyExact(values.remaining(), size / step)];
        }
        values.get(all, values.remaining() * (i / step), values.remaining());
      } catch (OrtException failure) {
        throw new TrainingException(
            "ONNX Runtime failed in evaluation: " + failure.getMessage(), failure);
      }
    }
    if (found.length == 0) {
      throw new TrainingException("output of the graph: one number (expected: one an example)");
    }
    found[0] = size;
    return batch.create(all, new Shape(found));
  }

  private OnnxTensor tensor(NDManager batch, float[] values, int size)
      throws OrtException, TrainingException {
    Shape wanted = Network.batch("the graph", shape, size, values.length);
    float[] ordered = values;
    if (channelsFirst) {
      NDArray in =
          batch.create(
              values, new Shape(wanted.get(0), wanted.get(3), wanted.get(1), wanted.get(2)));
      ordered = in.transpose(0, 2, 3, 1).toFloatArray();
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] dimensions = wanted.getShape();
    OnnxJavaType wants = type.type;
    return switch (wants) {
      case FLOAT -> OnnxTensor.createTensor(environment, FloatBuffer.wrap(ordered), dimensions);
      case INT32 -> {
        int[] whole = new int[ordered.length];
        for (int i = 0; i < whole.length; i++) {
          whole[i] = (int) ordered[i];
        }
        yield OnnxTensor.createTensor(environment, IntBuffer.wrap(whole), dimensions);
      }
      case INT64 -> {
        long[] whole = new long[ordered.length];
        for (int i = 0; i < whole.length; i++) {
          whole[i] = (long) ordered[i];
        }
        yield OnnxTensor.createTensor(environment, LongBuffer.wrap(whole), dimensions);
      }
      default ->
          throw new TrainingException(
              "input of the graph: %s (expected: FLOAT, INT32 or INT64)".formatted(wants));
    };
  }

  @Override
  public Map<String, PtNDArray> weights() {
    return Map.of();
  }

  @Override
  public Set<String> buffers() {
    return Set.of();
  }

  @Override
  public float[] value(String name) {
    throw new IllegalStateException("does not learn: " + name);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException closed) {
      throw new IllegalStateException(closed);
    }
  }
}
