package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.train.TrainConfig;
import java.nio.file.Path;
import java.util.Optional;

/// What can be said of every strategy of the library. Every setting has a default; what the config
/// file says goes before what is said here.
///
/// @param <B> the builder of one strategy
public abstract sealed class StrategyBuilder<B extends StrategyBuilder<B>>
    permits LinearBuilder, RobustBuilder {

  private TrainConfig trainConfig = new TrainConfig(0.05, 32, 1, 0);
  private Optional<Path> dataPath = Optional.empty();
  private Optional<Path> modelPath = Optional.empty();
  private Optional<StopRule> stop = Optional.empty();

  StrategyBuilder() {}

  abstract B self();

  /// The client's step size, > 0; 0.05 by default.
  public B learningRate(double learningRate) {
    return train(trainConfig.withLearningRate(learningRate));
  }

  /// Examples in one step of a client, >= 1; 32 by default.
  public B batchSize(int batchSize) {
    return train(trainConfig.withBatchSize(batchSize));
  }

  /// Passes of a client over its partition in a round, >= 1; 1 by default.
  public B localEpochs(int localEpochs) {
    return train(trainConfig.withLocalEpochs(localEpochs));
  }

  /// Fixes whatever is random in training.
  public B seed(long seed) {
    return train(trainConfig.withSeed(seed));
  }

  /// How clients train, all of it at once.
  public B train(TrainConfig trainConfig) {
    this.trainConfig = trainConfig;
    return self();
  }

  /// The data that the coordinator evaluates on.
  public B dataPath(Path dataPath) {
    this.dataPath = Optional.of(dataPath);
    return self();
  }

  /// The initial model.
  public B modelPath(Path modelPath) {
    this.modelPath = Optional.of(modelPath);
    return self();
  }

  /// When the run ends before its rounds are done.
  public B stop(StopRule stop) {
    this.stop = Optional.of(stop);
    return self();
  }

  /// Who can open an update, if this strategy says; only linear ones may.
  Optional<String> encryption() {
    return Optional.empty();
  }

  Optional<StopRule> stop() {
    return stop;
  }

  TrainConfig trainConfig() {
    return trainConfig;
  }

  Optional<Path> dataPath() {
    return dataPath;
  }

  Optional<Path> modelPath() {
    return modelPath;
  }

  static double positive(String name, double value) {
    if (!(value > 0) || value == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("%s: %s (expected: > 0)".formatted(name, value));
    }
    return value;
  }

  /// A share of the past that a running mean keeps.
  static double decay(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException("%s: %s (expected: 0 to < 1)".formatted(name, value));
    }
    return value;
  }
}
