package ai.cifer.fedlearn.train;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;

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
public record TrainConfig(
    double learningRate,
    int batchSize,
    int localEpochs,
    long seed,
    Preprocessing preprocessing,
    TrainOptions options,
    ClientRule rule,
    boolean evaluated) {

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
        false);
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
        learningRate, batchSize, localEpochs, seed, preprocessing, options, rule, evaluated);
  }

  public TrainConfig withBatchSize(int batchSize) {
    return new TrainConfig(
        learningRate, batchSize, localEpochs, seed, preprocessing, options, rule, evaluated);
  }

  public TrainConfig withLocalEpochs(int localEpochs) {
    return new TrainConfig(
        learningRate, batchSize, localEpochs, seed, preprocessing, options, rule, evaluated);
  }

  public TrainConfig withSeed(long seed) {
    return new TrainConfig(
        learningRate, batchSize, localEpochs, seed, preprocessing, options, rule, evaluated);
  }

  public TrainConfig withPreprocessing(Preprocessing preprocessing) {
    return new TrainConfig(
        learningRate, batchSize, localEpochs, seed, preprocessing, options, rule, evaluated);
  }

  public TrainConfig withOptions(TrainOptions options) {
    return new TrainConfig(
        learningRate, batchSize, localEpochs, seed, preprocessing, options, rule, evaluated);
  }

  public TrainConfig withRule(ClientRule rule) {
    return new TrainConfig(
        learningRate, batchSize, localEpochs, seed, preprocessing, options, rule, evaluated);
  }

  public TrainConfig withEvaluated(boolean evaluated) {
    return new TrainConfig(
        learningRate, batchSize, localEpochs, seed, preprocessing, options, rule, evaluated);
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
