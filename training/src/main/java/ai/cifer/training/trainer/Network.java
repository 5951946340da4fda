package ai.cifer.training.trainer;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.model.Architecture;
import ai.cifer.training.model.Layer;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A network with values in the engine's memory.
final class Network implements AutoCloseable {

  private final Architecture architecture;
  private final ModelLayout layout;
  private final NDManager manager;
  private final Map<String, PtNDArray> weights = new LinkedHashMap<>();

  private Network(Architecture architecture, ModelLayout layout, NDManager manager) {
    this.architecture = architecture;
    this.layout = layout;
    this.manager = manager;
  }

  /// Copies the values of `model` into the engine.
  ///
  /// @param parent owns what is copied
  /// @param learning whether gradients will be asked for
  /// @throws TrainingException unless the tensors are those of `architecture`, in any order
  static Network of(
      Architecture architecture, GlobalModel model, NDManager parent, boolean learning)
      throws TrainingException {
    ModelLayout layout = model.tensors().layout();
    requireTensors(architecture, layout);
    var network = new Network(architecture, layout, parent.newSubManager());
    for (int i = 0; i < layout.tensors().size(); i++) {
      TensorSpec tensor = layout.tensors().get(i);
      PtNDArray weight =
          (PtNDArray) network.manager.create(model.tensors().values(i), shape(tensor.shape()));
      if (learning) {
        weight.setRequiresGradient(true);
      }
      network.weights.put(tensor.name(), weight);
    }
    return network;
  }

  private static void requireTensors(Architecture architecture, ModelLayout layout)
      throws TrainingException {
    Map<String, List<Integer>> found = shapes(layout);
    Map<String, List<Integer>> expected = shapes(architecture.layout());
    for (var entry : expected.entrySet()) {
      List<Integer> shape = found.get(entry.getKey());
      if (!entry.getValue().equals(shape)) {
        throw new TrainingException(
            "shape of tensor %s: %s (expected for %s: %s)"
                .formatted(
                    entry.getKey(),
                    shape == null ? "missing" : shape,
                    architecture.name(),
                    entry.getValue()));
      }
    }
    if (found.size() != expected.size()) {
      throw new TrainingException(
          "tensors: %s (expected for %s: %s)"
              .formatted(found.keySet(), architecture.name(), expected.keySet()));
    }
  }

  private static Map<String, List<Integer>> shapes(ModelLayout layout) {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    layout.tensors().forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
    return shapes;
  }

  private static Shape shape(List<Integer> dimensions) {
    return new Shape(dimensions.stream().mapToLong(Integer::longValue).toArray());
  }

  /// The outputs before softmax.
  ///
  /// @param features a batch, owned by the manager of the batch
  /// @return `[size, classes]`, owned by the same
  NDArray outputs(NDManager batch, float[] features, int size) {
    List<Integer> dimensions = new ArrayList<>();
    dimensions.add(size);
    dimensions.addAll(architecture.inputShape());
    NDArray values = batch.create(features, shape(dimensions));
    for (Layer layer : architecture.layers()) {
      values = apply(layer, values);
    }
    return values;
  }

  private NDArray apply(Layer layer, NDArray in) {
    return switch (layer) {
      case Layer.Convolution convolution ->
          Conv2d.conv2d(
                  in,
                  weight(convolution.name(), "weight"),
                  weight(convolution.name(), "bias"),
                  new Shape(1, 1),
                  new Shape(convolution.padding(), convolution.padding()))
              .singletonOrThrow();
      case Layer.MaxPooling pooling -> {
        var window = new Shape(pooling.size(), pooling.size());
        yield Pool.maxPool2d(in, window, window, new Shape(0, 0), false);
      }
      case Layer.Relu _ -> Activation.relu(in);
      case Layer.Flatten _ -> in.reshape(in.getShape().get(0), -1);
      case Layer.Linear linear ->
          Linear.linear(in, weight(linear.name(), "weight"), weight(linear.name(), "bias"))
              .singletonOrThrow();
    };
  }

  private NDArray weight(String layer, String part) {
    NDArray found = weights.get(layer + "." + part);
    if (found == null) {
      throw new IllegalStateException("the tensors were checked: " + layer + "." + part);
    }
    return found;
  }

  /// One step of gradient descent, `w = w - learningRate * dLoss/dw`, where `Loss` is the mean
  /// cross entropy of the batch.
  ///
  /// DJL's `GradientCollector` is not used: it allows one in a process, and a simulation trains
  /// several clients at a time.
  void step(float[] features, int[] labels, double learningRate) {
    try (NDManager batch = manager.newSubManager()) {
      JniUtils.setGradMode(true);
      PtNDArray loss;
      try {
        NDArray logs = outputs(batch, features, labels.length).logSoftmax(-1);
        loss = (PtNDArray) logs.mul(selected(batch, labels)).sum();
        JniUtils.backward(
            loss, (PtNDArray) batch.create(1f).reshape(loss.getShape()), false, false);
      } finally {
        JniUtils.setGradMode(false);
      }
      for (PtNDArray weight : weights.values()) {
        // A fresh handle on each call, owned by the manager of the weight: without close it leaks.
        try (PtNDArray gradient = weight.getGradient();
            NDArray change = gradient.mul((float) learningRate)) {
          weight.subi(change);
          // PyTorch adds the next gradient to this one.
          gradient.muli(0f);
        }
      }
    }
  }

  /// `-1 / size` at the label of each example: its product with log-probabilities sums to the loss.
  private NDArray selected(NDManager batch, int[] labels) {
    float[] values = new float[labels.length * architecture.classes()];
    for (int i = 0; i < labels.length; i++) {
      values[i * architecture.classes() + labels[i]] = -1f / labels.length;
    }
    return batch.create(values, new Shape(labels.length, architecture.classes()));
  }

  /// What has changed since `start`: the values of this network less those.
  ///
  /// @return in the layout of `start`, owned by the caller
  Tensors changeSince(Tensors start) {
    Tensors change = Tensors.allocate(layout);
    for (int i = 0; i < layout.tensors().size(); i++) {
      PtNDArray weight = weights.get(layout.tensors().get(i).name());
      float[] now = weight == null ? new float[0] : weight.toFloatArray();
      float[] before = start.values(i);
      for (int j = 0; j < now.length; j++) {
        now[j] -= before[j];
      }
      change.write(layout.offset(i), now, now.length);
    }
    return change;
  }

  @Override
  public void close() {
    manager.close();
  }
}
