package ai.cifer.training.trainer;

import ai.cifer.training.model.keras.KerasLayer;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.SparseFormat;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One layer of Keras applied to one batch. Examples have their channels last between layers.
///
/// Whatever is computed belongs to the manager of the batch, so no operation starts from a weight:
/// its result would live as long as the weight.
///
/// @see <a href="https://keras.io/api/layers/">Keras: layers</a>
final class KerasStep {

  private final KerasGraph graph;
  private final KerasLayer layer;
  private final NDManager batch;
  private final @Nullable RandomGenerator chance;
  private final boolean activated;

  /// @param chance draws what is left out in training; null in evaluation
  /// @param activated whether a final softmax or sigmoid is applied
  KerasStep(
      KerasGraph graph,
      KerasLayer layer,
      NDManager batch,
      @Nullable RandomGenerator chance,
      boolean activated) {
    this.graph = graph;
    this.layer = layer;
    this.batch = batch;
    this.chance = chance;
    this.activated = activated;
  }

  /// @throws IllegalArgumentException if a setting is not supported
  NDArray apply(NDList inputs) {
    NDArray in = inputs.head();
    return switch (layer.type()) {
      case "Dense" -> dense(in);
      case "Conv1D", "Conv2D", "DepthwiseConv2D" ->
          activate(
              new KerasWindows(layer, batch).convolution(in, weight("kernel"), optional("bias")));
      case "MaxPooling1D", "MaxPooling2D" -> new KerasWindows(layer, batch).maximum(in);
      case "AveragePooling1D", "AveragePooling2D" -> new KerasWindows(layer, batch).average(in);
      case "GlobalAveragePooling1D" -> mean(in, layer.flag("keepdims", false), 1);
      case "GlobalAveragePooling2D" -> mean(in, layer.flag("keepdims", false), 1, 2);
      case "GlobalMaxPooling1D" -> largest(in, 1);
      case "GlobalMaxPooling2D" -> largest(in, 2);
      case "BatchNormalization" -> batchNormalization(in);
      case "LayerNormalization" -> layerNormalization(in);
      case "Dropout" -> dropout(in);
      case "Flatten" -> in.reshape(in.getShape().get(0), -1);
      case "Reshape" -> reshape(in);
      case "Embedding" -> embedding(in);
      case "LSTM", "GRU" -> new KerasRecurrence(graph, layer, batch).apply(in);
      case "Activation" -> activate(in);
      case "ReLU" -> rectified(in);
      case "LeakyReLU" ->
          KerasActivations.leaky(in, layer.number("negative_slope", layer.number("alpha", 0.3)));
      case "ELU" -> in.getNDArrayInternal().elu((float) layer.number("alpha", 1));
      case "Softmax" ->
          activated ? in.softmax(axis(in, layer.settings().path("axis").asInt(-1))) : in;
      case "Rescaling" ->
          in.mul((float) layer.number("scale", 1)).add((float) layer.number("offset", 0));
      case "ZeroPadding2D" -> new KerasWindows(layer, batch).zeroPadding(in);
      default -> new KerasMerge(layer).apply(inputs);
    };
  }

  private NDArray weight(String variable) {
    return graph.weight(layer, variable);
  }

  private @Nullable NDArray optional(String variable) {
    return layer.variables().contains(variable) ? weight(variable) : null;
  }

  private NDArray activate(NDArray in) {
    String name = layer.text("activation", "linear");
    // A final sigmoid of several outputs is no softmax, but the loss takes it for none either way.
    boolean left = !activated && (name.equals("softmax") || name.equals("sigmoid"));
    return left ? in : KerasActivations.apply(name, in);
  }

  private NDArray dense(NDArray in) {
    NDArray bias = optional("bias");
    NDList given = in.getNDArrayInternal().linear(in, weight("kernel"), bias);
    return activate(given.singletonOrThrow());
  }

  /// The engine has a mean over one axis only.
  private static NDArray mean(NDArray in, boolean keep, int... axes) {
    float count = 1;
    for (int axis : axes) {
      count *= in.getShape().get(axis);
    }
    return in.sum(axes, keep).div(count);
  }

  private NDArray largest(NDArray in, int axes) {
    NDArray out = in.max(new int[] {1}, true);
    if (axes == 2) {
      out = out.max(new int[] {2}, true);
    }
    if (layer.flag("keepdims", false)) {
      return out;
    }
    return out.reshape(in.getShape().get(0), in.getShape().get(in.getShape().dimension() - 1));
  }

  /// Statistics over all axes but the last, with the biased variance, as Keras moves them.
  private NDArray batchNormalization(NDArray in) {
    requireLastAxis(in);
    double epsilon = layer.number("epsilon", 1e-3);
    float[] mean = graph.statistic(layer, "moving_mean");
    float[] variance = graph.statistic(layer, "moving_variance");
    NDArray centred;
    NDArray spread;
    if (chance == null) {
      centred = in.sub(batch.create(mean));
      spread = batch.create(variance);
    } else {
      int[] axes = new int[in.getShape().dimension() - 1];
      for (int i = 0; i < axes.length; i++) {
        axes[i] = i;
      }
      NDArray middle = mean(in, false, axes);
      centred = in.sub(middle);
      spread = mean(centred.square(), false, axes);
      move(mean, middle);
      move(variance, spread);
    }
    return scaled(centred.div(spread.add((float) epsilon).sqrt()));
  }

  private void move(float[] statistic, NDArray now) {
    float keep = (float) layer.number("momentum", 0.99);
    float[] values = now.toFloatArray();
    for (int i = 0; i < statistic.length; i++) {
      statistic[i] = statistic[i] * keep + values[i] * (1 - keep);
    }
  }

  private NDArray layerNormalization(NDArray in) {
    requireLastAxis(in);
    int[] axis = {in.getShape().dimension() - 1};
    NDArray centred = in.sub(in.mean(axis, true));
    NDArray variance = centred.square().mean(axis, true);
    return scaled(centred.div(variance.add((float) layer.number("epsilon", 1e-3)).sqrt()));
  }

  private NDArray scaled(NDArray in) {
    NDArray gamma = optional("gamma");
    NDArray beta = optional("beta");
    NDArray out = gamma == null ? in : in.mul(gamma);
    return beta == null ? out : out.add(beta);
  }

  private void requireLastAxis(NDArray in) {
    int axis = layer.integers("axis", -1)[0];
    if (axis(in, axis) != in.getShape().dimension() - 1) {
      throw new IllegalArgumentException("axis: %d (expected: the last)".formatted(axis));
    }
  }

  private static int axis(NDArray in, int axis) {
    return axis < 0 ? in.getShape().dimension() + axis : axis;
  }

  /// The mask comes from Java's generator: the engine's is one for all threads, and the same seed
  /// must give the same bits beside other trainings.
  private NDArray dropout(NDArray in) {
    double rate = layer.number("rate", 0.5);
    if (chance == null || rate <= 0) {
      return in;
    }
    float[] mask = new float[Math.toIntExact(in.getShape().size())];
    float kept = (float) (1 / (1 - rate));
    for (int i = 0; i < mask.length; i++) {
      mask[i] = chance.nextDouble() < rate ? 0 : kept;
    }
    return in.mul(batch.create(mask, in.getShape()));
  }

  private NDArray reshape(NDArray in) {
    int[] target = layer.integers("target_shape");
    long[] shape = new long[target.length + 1];
    shape[0] = in.getShape().get(0);
    for (int i = 0; i < target.length; i++) {
      shape[i + 1] = target[i];
    }
    return in.reshape(shape);
  }

  private NDArray embedding(NDArray in) {
    if (layer.flag("mask_zero", false)) {
      throw new IllegalArgumentException("mask_zero: true (expected: false)");
    }
    int words = layer.settings().path("input_dim").asInt(0);
    for (float word : in.toFloatArray()) {
      if (!(word >= 0 && word < words)) {
        throw new IllegalArgumentException(
            "word: %s (expected: 0 to %d)".formatted(word, words - 1));
      }
    }
    NDArray indices = in.toType(DataType.INT64, false);
    return in.getNDArrayInternal()
        .embedding(indices, weight("embeddings"), SparseFormat.DENSE)
        .singletonOrThrow();
  }

  private NDArray rectified(NDArray in) {
    if (layer.number("threshold", 0) != 0) {
      throw new IllegalArgumentException("threshold: expected 0");
    }
    NDArray out = KerasActivations.leaky(in, layer.number("negative_slope", 0));
    double most = layer.number("max_value", Double.POSITIVE_INFINITY);
    return Double.isInfinite(most) ? out : out.minimum((float) most);
  }
}
