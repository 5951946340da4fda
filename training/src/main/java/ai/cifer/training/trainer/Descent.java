package ai.cifer.training.trainer;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.TrainOptions.Optimiser;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Steps of an optimiser, as PyTorch defines them [1]. Its memory lasts one round.
///
/// ```
/// g = dLoss/dw + mu (w - w0) + correction      cut to the norm gradientClip, all tensors together
/// SGD     g += decay w;  v = momentum v + g;  w -= rate v
/// Adam    g += decay w;  m, s = averages of g, g^2;  w -= rate m' / (sqrt(s') + 1e-8)
/// AdamW   w -= rate decay w;  then as Adam without decay
/// ```
///
/// @see <a href="https://docs.pytorch.org/docs/2.7/optim.html">[1] torch.optim</a>
final class Descent {

  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final float EPSILON = 1e-8f;

  private final NDManager manager;
  private final Map<String, PtNDArray> weights;
  private final TrainOptions options;
  private final float rate;
  private final Map<String, NDArray> start = new HashMap<>();
  private final Map<String, NDArray> corrections = new HashMap<>();
  private final Map<String, NDArray> first = new HashMap<>();
  private final Map<String, NDArray> second = new HashMap<>();
  private int steps;

  /// @param correction is added to each gradient; of a layout with the same names
  Descent(
      NDManager manager,
      Network network,
      TrainOptions options,
      double learningRate,
      @Nullable Tensors correction) {
    this.manager = manager;
    this.options = options;
    weights = network.weights();
    rate = (float) learningRate;
    for (var entry : weights.entrySet()) {
      PtNDArray weight = entry.getValue();
      if (options.proximal() > 0) {
        start.put(entry.getKey(), manager.create(weight.toFloatArray(), weight.getShape()));
      }
      if (correction != null) {
        float[] values = correction.values(Network.index(correction.layout(), entry.getKey()));
        corrections.put(entry.getKey(), manager.create(values, weight.getShape()));
      }
    }
  }

  /// How often it moved them.
  int steps() {
    return steps;
  }

  /// Moves all weights by their gradients, which are zero afterwards.
  void step() {
    steps++;
    try (NDManager brief = manager.newSubManager()) {
      Map<String, NDArray> gradients = new HashMap<>();
      for (var entry : weights.entrySet()) {
        PtNDArray gradient = entry.getValue().getGradient();
        if (gradient == null) {
          // A weight that the outputs do not depend on.
          continue;
        }
        // A fresh handle on each call, owned by the manager of the weight: without this it leaks.
        gradient.attach(brief);
        gradients.put(entry.getKey(), gradient);
        adjust(entry.getKey(), entry.getValue(), gradient, brief);
      }
      if (options.gradientClip() > 0) {
        clip(gradients);
      }
      for (var entry : gradients.entrySet()) {
        PtNDArray weight = java.util.Objects.requireNonNull(weights.get(entry.getKey()));
        move(entry.getKey(), weight, entry.getValue(), brief);
        // PyTorch adds the next gradient to this one.
        entry.getValue().muli(0f);
      }
    }
  }

  private void adjust(String name, PtNDArray weight, NDArray gradient, NDManager brief) {
    NDArray from = start.get(name);
    if (from != null) {
      NDArray apart = from.sub(weight);
      apart.attach(brief);
      gradient.subi(apart.muli((float) options.proximal()));
    }
    NDArray correction = corrections.get(name);
    if (correction != null) {
      gradient.addi(correction);
    }
  }

  private void clip(Map<String, NDArray> gradients) {
    double squares = 0;
    for (String name : weights.keySet()) {
      NDArray gradient = gradients.get(name);
      if (gradient != null) {
        try (NDArray square = gradient.square();
            NDArray sum = square.sum()) {
          squares += sum.getFloat();
        }
      }
    }
    double norm = Math.sqrt(squares);
    if (norm > options.gradientClip()) {
      gradients.values().forEach(each -> each.muli((float) (options.gradientClip() / norm)));
    }
  }

  private void move(String name, PtNDArray weight, NDArray gradient, NDManager brief) {
    float decay = (float) options.weightDecay();
    if (decay > 0 && options.optimiser() == Optimiser.ADAMW) {
      weight.muli(1 - rate * decay);
    } else if (decay > 0) {
      NDArray pull = weight.mul(decay);
      pull.attach(brief);
      gradient.addi(pull);
    }
    NDArray change =
        options.optimiser() == Optimiser.SGD
            ? descent(name, gradient)
            : adam(name, gradient, brief);
    change.attach(brief);
    weight.subi(change);
  }

  private NDArray descent(String name, NDArray gradient) {
    if (options.momentum() == 0) {
      return gradient.mul(rate);
    }
    NDArray velocity = first.get(name);
    if (velocity == null) {
      velocity = gradient.duplicate();
      velocity.attach(manager);
      first.put(name, velocity);
    } else {
      velocity.muli((float) options.momentum()).addi(gradient);
    }
    return velocity.mul(rate);
  }

  private NDArray adam(String name, NDArray gradient, NDManager brief) {
    NDArray mean = first.computeIfAbsent(name, _ -> manager.zeros(gradient.getShape()));
    NDArray square = second.computeIfAbsent(name, _ -> manager.zeros(gradient.getShape()));
    mean.muli(BETA1).addi(gradient.mul(1 - BETA1));
    square.muli(BETA2).addi(gradient.square().muli(1 - BETA2));
    float correction1 = (float) (1 - Math.pow(BETA1, steps));
    float correction2 = (float) Math.sqrt(1 - Math.pow(BETA2, steps));
    NDArray root = square.sqrt();
    root.attach(brief);
    NDArray change = mean.mul(rate / correction1);
    return change.divi(root.divi(correction2).addi(EPSILON));
  }
}
