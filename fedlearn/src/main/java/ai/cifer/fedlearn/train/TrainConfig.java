package ai.cifer.fedlearn.train;

import ai.cifer.fedlearn.privacy.UpdatePrivacy;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.train.TrainOptions.Buffers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a client trains in one round.
///
/// @param learningRate > 0
/// @param batchSize examples in one step of stochastic gradient descent, >= 1
/// @param localEpochs passes over the partition, >= 1
/// @param seed fixes the order of the examples and whatever else is random in training
/// @param preprocessing how the data becomes examples
/// @param options how a step is made
/// @param rule what a client makes of its training before it sends it
/// @param evaluated whether clients measure the model that they get, too, and send how good it is
///   in the same sum
/// @param privacy how a client protects what it sends by differential privacy
public record TrainConfig(
    double learningRate,
    int batchSize,
    int localEpochs,
    long seed,
    Preprocessing preprocessing,
    TrainOptions options,
    ClientRule rule,
    boolean evaluated,
    Optional<UpdatePrivacy> privacy) {

  /// Plain gradient descent on the data as it lies in the file.
  public TrainConfig(double learningRate, int batchSize, int localEpochs, long seed) {
    this(
        learningRate,
        batchSize,
        localEpochs,
        seed,
        Preprocessing.NONE,
        TrainOptions.DEFAULT,
        new ClientRule.Plain(),
        false,
        Optional.empty());
  }

  public TrainConfig {
    if (!(learningRate > 0) || learningRate == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "learning_rate: %s (expected: > 0)".formatted(learningRate));
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch_size: %d (expected: >= 1)".formatted(batchSize));
    }
    if (localEpochs < 1) {
      throw new IllegalArgumentException(
          "local_epochs: %d (expected: >= 1)".formatted(localEpochs));
    }
  }

  public TrainConfig withLearningRate(double learningRate) {
    return new TrainConfig(
        learningRate,
        batchSize,
        localEpochs,
        seed,
        preprocessing,
        options,
        rule,
        evaluated,
        privacy);
  }

  public TrainConfig withBatchSize(int batchSize) {
    return new TrainConfig(
        learningRate,
        batchSize,
        localEpochs,
        seed,
        preprocessing,
        options,
        rule,
        evaluated,
        privacy);
  }

  public TrainConfig withLocalEpochs(int localEpochs) {
    return new TrainConfig(
        learningRate,
        batchSize,
        localEpochs,
        seed,
        preprocessing,
        options,
        rule,
        evaluated,
        privacy);
  }

  public TrainConfig withSeed(long seed) {
    return new TrainConfig(
        learningRate,
        batchSize,
        localEpochs,
        seed,
        preprocessing,
        options,
        rule,
        evaluated,
        privacy);
  }

  public TrainConfig withPreprocessing(Preprocessing preprocessing) {
    return new TrainConfig(
        learningRate,
        batchSize,
        localEpochs,
        seed,
        preprocessing,
        options,
        rule,
        evaluated,
        privacy);
  }

  public TrainConfig withOptions(TrainOptions options) {
    return new TrainConfig(
        learningRate,
        batchSize,
        localEpochs,
        seed,
        preprocessing,
        options,
        rule,
        evaluated,
        privacy);
  }

  public TrainConfig withRule(ClientRule rule) {
    return new TrainConfig(
        learningRate,
        batchSize,
        localEpochs,
        seed,
        preprocessing,
        options,
        rule,
        evaluated,
        privacy);
  }

  public TrainConfig withEvaluated(boolean evaluated) {
    return new TrainConfig(
        learningRate,
        batchSize,
        localEpochs,
        seed,
        preprocessing,
        options,
        rule,
        evaluated,
        privacy);
  }

  /// With differential privacy of what clients send. Buffers stay with the clients then: with noise
  /// a variance may be negative.
  public TrainConfig withPrivacy(UpdatePrivacy privacy) {
    TrainOptions kept =
        options.buffers() == Buffers.SHARED
            ? options.toBuilder().buffers(Buffers.LOCAL).build()
            : options;
    return new TrainConfig(
        learningRate,
        batchSize,
        localEpochs,
        seed,
        preprocessing,
        kept,
        rule,
        evaluated,
        Optional.of(privacy));
  }

  /// Whether every client counts alike, instead of by its examples.
  public boolean uniform() {
    return rule.uniform() || privacy.isPresent();
  }

  /// Whether all of this goes together.
  ///
  /// @throws IllegalArgumentException if not
  public void requireFits() {
    rule.requireFits(this);
    if (privacy.isEmpty()) {
      return;
    }
    if (rule.numbers() > 0 || evaluated) {
      throw new IllegalArgumentException(
          "privacy with %s (expected: a strategy that sends no single numbers beside the change, and evaluate_clients false: noise for the change would drown them)"
              .formatted(evaluated ? "evaluate_clients" : rule));
    }
    if (rule.balances()) {
      throw new IllegalArgumentException(
          "privacy with %s (expected: a strategy whose clients remember nothing of what they sent; the noise of all rounds would add up in it)"
              .formatted(rule));
    }
    if (rule.remembers() && privacy.get().sampling() < 1) {
      throw new IllegalArgumentException(
          "sampling: %s with %s (expected: 1 where clients remember what they sent)"
              .formatted(privacy.get().sampling(), rule));
    }
  }

  /// How many segments of what a client sends, from the first, the next model can do without: all,
  /// or those before the single numbers of the rule, without which nothing can be made of the rest.
  ///
  /// @param segments into how many the upload is cut
  public int dispensable(ModelLayout model, long segmentParameters, int segments) {
    return rule.numbers() == 0
        ? segments
        : Math.toIntExact((1 + rule.vectors()) * model.parameters() / segmentParameters);
  }

  /// The tensors of what a client sends: those of its rule, then how good the model is.
  public ModelLayout upload(ModelLayout model) {
    ModelLayout sent = rule.upload(model);
    if (!evaluated) {
      return sent;
    }
    List<TensorSpec> tensors = new ArrayList<>(sent.tensors());
    tensors.addAll(ClientFigures.TENSORS);
    return new ModelLayout(tensors);
  }
}
