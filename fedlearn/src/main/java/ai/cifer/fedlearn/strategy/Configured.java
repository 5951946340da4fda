package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What every strategy of the library is told alike: how clients train, and the files of a run that
/// is set up in Java.
abstract class Configured {
  private final TrainConfig trainConfig;
  private final Optional<String> encryption;
  private final Optional<StopRule> stop;
  private final Optional<Path> dataPath;
  private final Optional<Path> modelPath;

  Configured(StrategyBuilder<?> builder) {
    this(builder, builder.trainConfig());
  }

  /// @param trainConfig what the strategy makes of the builder's
  Configured(StrategyBuilder<?> builder, TrainConfig trainConfig) {
    trainConfig.requireFits();
    this.trainConfig = trainConfig;
    encryption = builder.encryption();
    stop = builder.stop();
    dataPath = builder.dataPath();
    modelPath = builder.modelPath();
  }

  public TrainConfig trainConfig(int round) {
    return trainConfig;
  }

  public Optional<String> encryption() {
    return encryption;
  }

  public boolean stops(List<Metrics> rounds) {
    return stop.flatMap(rule -> rule.reason(rounds)).isPresent();
  }

  public Optional<Path> dataPath() {
    return dataPath;
  }

  public Optional<Path> modelPath() {
    return modelPath;
  }
}
