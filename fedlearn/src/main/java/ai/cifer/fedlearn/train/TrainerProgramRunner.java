package ai.cifer.fedlearn.train;

import java.nio.file.Path;
import java.util.Optional;

/// Runs programs as trainers; found by `ServiceLoader`.
public interface TrainerProgramRunner {

  /// Starts the program and waits until it is ready.
  ///
  /// @param dataset is named to the program; what it means is the program's affair
  /// @throws TrainerFailed if it cannot be started, ends, is silent for longer than its patience,
  ///   or does not keep to the protocol
  Trainer start(TrainerProgram program, Optional<Path> dataset, Dataset.Split split)
      throws TrainingException;

  /// Has the program make a fresh model.
  ///
  /// @throws TrainerFailed as [#start]
  GlobalModel initialise(TrainerProgram program, long seed) throws TrainingException;
}
