package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.train.TrainConfig;
import java.nio.file.Path;
import java.util.Optional;

/// What every strategy of the library is told alike: how clients train, and the files of a run that
/// is set up in Java.
abstract class Configured {
  private final TrainConfig trainConfig;
  private final Optional<Path> dataPath;
  private final Optional<Path> modelPath;

  Configured(StrategyBuilder<?> builder) {
    trainConfig = builder.trainConfig();
    dataPath = builder.dataPath();
    modelPath = builder.modelPath();
  }

  public TrainConfig trainConfig(int round) {
    return trainConfig;
  }

  public Optional<Path> dataPath() {
    return dataPath;
  }

  public Optional<Path> modelPath() {
    return modelPath;
  }
}
