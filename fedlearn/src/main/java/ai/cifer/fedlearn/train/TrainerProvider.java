package ai.cifer.fedlearn.train;

import java.nio.file.Path;
import java.util.Optional;

/// Makes trainers; found by `ServiceLoader`, chosen by the config key `trainer`.
public interface TrainerProvider {

  /// The word that chooses this provider in a config, for example `djl`.
  String name();

  /// Opens a trainer for the training or the test split of `dataset`.
  ///
  /// @param dataset where the data lies; a provider that needs none may be opened without
  /// @throws TrainingException if the data is missing or malformed
  Trainer open(Optional<Path> dataset, Dataset.Split split) throws TrainingException;

  /// The same with the participant's own graph, for models whose network is code.
  ///
  /// @param graph where it lies; a provider that knows none ignores it
  default Trainer open(Optional<Path> dataset, Dataset.Split split, Optional<Path> graph)
      throws TrainingException {
    return open(dataset, split);
  }
}
