package ai.cifer.cli.bench.round;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainerProvider;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The trainer `recorded`: sends the same update in every round, the float32 values of the dataset
/// file as they lie there. It computes nothing, so that a round's time is that of the engine.
public final class RecordedTrainerProvider implements TrainerProvider {
  static final String NAME = "recorded";

  /// Made by `ServiceLoader`.
  public RecordedTrainerProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Trainer open(Optional<Path> dataset, Dataset.Split split) throws TrainingException {
    return new RecordedTrainer(
        dataset.orElseThrow(() ->
            new TrainingException("dataset_path: missing (expected: a file of float32 values)")));
  }

  private record RecordedTrainer(Path file) implements Trainer {
    private static final int EXAMPLES = 100;

    @Override
    public long examples() {
      return EXAMPLES;
    }

    @Override
    public ClientUpdate train(GlobalModel global, TrainConfig config, Progress progress)
        throws TrainingException {
      try {
        return new ClientUpdate(Tensors.open(file, 0, global.tensors().layout()), EXAMPLES);
      } catch (IOException unreadable) {
        throw new TrainingException("dataset: " + unreadable.getMessage(), unreadable);
      }
    }

    @Override
    public Metrics evaluate(GlobalModel global, TrainOptions options, Progress progress)
        throws TrainingException {
      throw new TrainingException(
          "trainer recorded: evaluates nothing (expected: a server without dataset_path)");
    }

    @Override
    public void close() {
      // Each update is its receiver's to close.
    }
  }
}
