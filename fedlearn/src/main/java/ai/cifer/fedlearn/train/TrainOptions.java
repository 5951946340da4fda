package ai.cifer.fedlearn.train;

import java.util.Collections;
import java.util.List;

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
    Buffers buffers) {

  /// Plain gradient descent on the loss that fits the data; buffers are averaged.
  public static final TrainOptions DEFAULT =
      new TrainOptions(Optimiser.SGD, 0, 0, Loss.AUTO, 0, List.of(), 0, 0, Buffers.SHARED);

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
    LOCAL
  }

  public TrainOptions {
    classWeights = List.copyOf(classWeights);
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

  public TrainOptions withOptimiser(Optimiser optimiser, double momentum, double weightDecay) {
    return new TrainOptions(
        optimiser,
        momentum,
        weightDecay,
        loss,
        gradientClip,
        classWeights,
        proximal,
        earlyStop,
        buffers);
  }

  public TrainOptions withLoss(Loss loss, List<Double> classWeights) {
    return new TrainOptions(
        optimiser,
        momentum,
        weightDecay,
        loss,
        gradientClip,
        classWeights,
        proximal,
        earlyStop,
        buffers);
  }

  public TrainOptions withGradientClip(double gradientClip) {
    return new TrainOptions(
        optimiser,
        momentum,
        weightDecay,
        loss,
        gradientClip,
        classWeights,
        proximal,
        earlyStop,
        buffers);
  }

  public TrainOptions withProximal(double proximal) {
    return new TrainOptions(
        optimiser,
        momentum,
        weightDecay,
        loss,
        gradientClip,
        classWeights,
        proximal,
        earlyStop,
        buffers);
  }

  public TrainOptions withEarlyStop(int earlyStop) {
    return new TrainOptions(
        optimiser,
        momentum,
        weightDecay,
        loss,
        gradientClip,
        classWeights,
        proximal,
        earlyStop,
        buffers);
  }

  public TrainOptions withBuffers(Buffers buffers) {
    return new TrainOptions(
        optimiser,
        momentum,
        weightDecay,
        loss,
        gradientClip,
        classWeights,
        proximal,
        earlyStop,
        buffers);
  }
}
