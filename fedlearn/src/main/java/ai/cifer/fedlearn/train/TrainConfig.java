package ai.cifer.fedlearn.train;

/// How a client trains in one round.
///
/// @param learningRate > 0
/// @param batchSize examples in one step of stochastic gradient descent, >= 1
/// @param localEpochs passes over the partition, >= 1
/// @param seed fixes the order of the examples and whatever else is random in training
/// @param preprocessing how the data becomes examples
public record TrainConfig(
    double learningRate, int batchSize, int localEpochs, long seed, Preprocessing preprocessing) {

  /// With the data as it lies in the file.
  public TrainConfig(double learningRate, int batchSize, int localEpochs, long seed) {
    this(learningRate, batchSize, localEpochs, seed, Preprocessing.NONE);
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

  public TrainConfig withSeed(long seed) {
    return new TrainConfig(learningRate, batchSize, localEpochs, seed, preprocessing);
  }

  public TrainConfig withPreprocessing(Preprocessing preprocessing) {
    return new TrainConfig(learningRate, batchSize, localEpochs, seed, preprocessing);
  }
}
