package ai.cifer.fedlearn.train;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.NamePattern;
import ai.cifer.fedlearn.tensor.TensorSpec;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// How a step of training is made; the same for all participants, since the coordinator signs it.
///
/// A participant's trainer outside the JVM is told these and follows what it can.
///
/// @param optimiser the rule of a step
/// @param momentum of [Optimiser#SGD], 0 to below 1
/// @param weightDecay pulls weights to zero, >= 0
/// @param loss what is made small
/// @param gradientClip the largest norm of all gradients together; 0 for no limit
/// @param classWeights how much an error on each class counts; empty for 1
/// @param proximal mu: the pull towards the global model, >= 0 [1]
/// @param earlyStop after so many epochs of a round without a smaller loss it trains no more; 0 for
///   never
/// @param buffers what becomes of the statistics of batch normalisation and other buffers
/// @param local the tensors that each client keeps to itself, by patterns of their names; `*`
///   stands for any characters
/// @param accumulate whether an epoch is one step, along the gradient of all examples
/// @see <a href="https://arxiv.org/abs/1812.06127">[1] Li et al., Federated Optimization in
///   Heterogeneous Networks (FedProx)</a>
public record TrainOptions(
    Optimiser optimiser,
    double momentum,
    double weightDecay,
    Loss loss,
    double gradientClip,
    List<Double> classWeights,
    double proximal,
    int earlyStop,
    Buffers buffers,
    List<String> local,
    boolean accumulate) {

  /// Plain gradient descent on the loss that fits the data; buffers are averaged.
  public static final TrainOptions DEFAULT = new Builder().build();

  /// More patterns than any model has kinds of layers.
  public static final int MAX_LOCAL = 1 << 10;

  /// More classes than any list of weights makes sense for.
  public static final int MAX_CLASS_WEIGHTS = 1 << 16;

  /// Examples of a class that weighs less than this part of the heaviest one count as left out: one
  /// example at full weight then makes at most half of the gradient of a hundred others and itself,
  /// and weights that even out one rare case in a hundred are still possible.
  public static final double LEAST_CLASS_WEIGHT = 0.01;

  /// The rule of a step, as PyTorch has it.
  public enum Optimiser {
    SGD,
    ADAM,
    ADAMW
  }

  /// What is made small.
  public enum Loss {
    /// Cross entropy for classes, mean squared error for numbers.
    AUTO,
    CROSS_ENTROPY,
    MEAN_SQUARED_ERROR,
    MEAN_ABSOLUTE_ERROR
  }

  /// What becomes of tensors that no gradient changes.
  public enum Buffers {
    /// Averaged like weights.
    SHARED,
    /// Each client keeps its own [1].
    ///
    /// @see <a href="https://arxiv.org/abs/2102.07623">[1] Li et al., FedBN</a>
    LOCAL,
    /// Each client keeps its own, and the weights of the layers that have some.
    LOCAL_LAYERS
  }

  public TrainOptions {
    classWeights = List.copyOf(classWeights);
    local = List.copyOf(local);
    require(momentum >= 0 && momentum < 1, "momentum", momentum, ">= 0, < 1");
    require(isSize(weightDecay), "weight_decay", weightDecay, ">= 0");
    require(isSize(gradientClip), "gradient_clip", gradientClip, ">= 0");
    require(isSize(proximal), "proximal", proximal, ">= 0");
    require(earlyStop >= 0, "early_stop", earlyStop, ">= 0");
    require(
        classWeights.size() <= MAX_CLASS_WEIGHTS
            && classWeights.stream().allMatch(weight -> isSize(weight) && weight > 0),
        "class_weights",
        classWeights.size(),
        "at most %d, each > 0".formatted(MAX_CLASS_WEIGHTS));
    require(
        local.size() <= MAX_LOCAL
            && local.stream()
                .allMatch(name -> !name.isEmpty() && name.length() <= TensorSpec.MAX_NAME_LENGTH),
        "local",
        local.size(),
        "at most %d patterns of 1 to %d characters"
            .formatted(MAX_LOCAL, TensorSpec.MAX_NAME_LENGTH));
  }

  /// The names of the tensors that [#local] says.
  ///
  /// @throws IllegalArgumentException if a pattern fits no tensor, which is a misspelt name, or all
  ///   stay local
  public Set<String> requireLocal(ModelLayout layout) {
    Set<String> names = new TreeSet<>();
    for (String text : local) {
      NamePattern pattern = new NamePattern(text);
      List<String> fitting =
          layout.tensors().stream().map(TensorSpec::name).filter(pattern::fits).toList();
      if (fitting.isEmpty()) {
        throw new IllegalArgumentException(
            "local: %s: no such tensor (expected: a name of the model, * for any characters)"
                .formatted(text));
      }
      names.addAll(fitting);
    }
    if (names.size() == layout.tensors().size()) {
      throw new IllegalArgumentException(
          "local: all %d tensors of the model (expected: some that are shared)"
              .formatted(names.size()));
    }
    return names;
  }

  /// The same with buffers that stay with each client, where they were averaged: for rules that
  /// would drive them away.
  public TrainOptions withOwnBuffers() {
    return buffers == Buffers.SHARED ? toBuilder().buffers(Buffers.LOCAL).build() : this;
  }

  /// What a class must weigh for its examples to count.
  public double leastClassWeight() {
    return classWeights.isEmpty() ? 0 : LEAST_CLASS_WEIGHT * Collections.max(classWeights);
  }

  private static boolean isSize(double value) {
    return value >= 0 && value < Double.POSITIVE_INFINITY;
  }

  private static void require(boolean holds, String name, Number value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("%s: %s (expected: %s)".formatted(name, value, expected));
    }
  }

  /// The same, to be changed in parts.
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.optimiser = optimiser;
    builder.momentum = momentum;
    builder.weightDecay = weightDecay;
    builder.loss = loss;
    builder.gradientClip = gradientClip;
    builder.classWeights = classWeights;
    builder.proximal = proximal;
    builder.earlyStop = earlyStop;
    builder.buffers = buffers;
    builder.local = local;
    builder.accumulate = accumulate;
    return builder;
  }

  /// Builds [TrainOptions]; what is not said is as in [#DEFAULT].
  public static final class Builder {
    private Optimiser optimiser = Optimiser.SGD;
    private double momentum;
    private double weightDecay;
    private Loss loss = Loss.AUTO;
    private double gradientClip;
    private List<Double> classWeights = List.of();
    private double proximal;
    private int earlyStop;
    private Buffers buffers = Buffers.SHARED;
    private List<String> local = List.of();
    private boolean accumulate;

    private Builder() {}

    public Builder optimiser(Optimiser optimiser) {
      this.optimiser = optimiser;
      return this;
    }

    public Builder momentum(double momentum) {
      this.momentum = momentum;
      return this;
    }

    public Builder weightDecay(double weightDecay) {
      this.weightDecay = weightDecay;
      return this;
    }

    public Builder loss(Loss loss) {
      this.loss = loss;
      return this;
    }

    public Builder gradientClip(double gradientClip) {
      this.gradientClip = gradientClip;
      return this;
    }

    public Builder classWeights(List<Double> classWeights) {
      this.classWeights = List.copyOf(classWeights);
      return this;
    }

    public Builder proximal(double proximal) {
      this.proximal = proximal;
      return this;
    }

    public Builder earlyStop(int earlyStop) {
      this.earlyStop = earlyStop;
      return this;
    }

    public Builder buffers(Buffers buffers) {
      this.buffers = buffers;
      return this;
    }

    public Builder local(List<String> local) {
      this.local = List.copyOf(local);
      return this;
    }

    public Builder accumulate(boolean accumulate) {
      this.accumulate = accumulate;
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public TrainOptions build() {
      return new TrainOptions(
          optimiser,
          momentum,
          weightDecay,
          loss,
          gradientClip,
          classWeights,
          proximal,
          earlyStop,
          buffers,
          local,
          accumulate);
    }
  }
}
