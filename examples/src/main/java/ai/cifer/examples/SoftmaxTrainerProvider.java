package ai.cifer.examples;

import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainerProvider;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.Examples;
import java.nio.file.Path;
import java.util.Optional;

/// Opens the trainer `softmax`; found by `ServiceLoader`, therefore public with a public
/// constructor.
public final class SoftmaxTrainerProvider implements TrainerProvider {

  @Override
  public String name() {
    return "softmax";
  }

  /// The coordinator opens the test split, to evaluate; a client opens the training split.
  @Override
  public Trainer open(Optional<Path> dataset, Dataset.Split split) throws TrainingException {
    Path file =
        dataset.orElseThrow(
            () -> new TrainingException("dataset_path: missing (expected: an npz file of images)"));
    return new SoftmaxTrainer(Examples.open(file, split));
  }
}
