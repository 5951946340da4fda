package ai.cifer.training.trainer;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainerProvider;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.Table;
import java.nio.file.Path;
import java.util.Optional;

/// The trainer `djl`: the networks of [ai.cifer.training.model.Architectures] on npz files, in the
/// JVM. The engine starts with the first training or evaluation.
public final class DjlTrainerProvider implements TrainerProvider {

  @Override
  public String name() {
    return "djl";
  }

  @Override
  public Trainer open(Optional<Path> dataset, Split split) throws TrainingException {
    return open(dataset, split, Optional.empty());
  }

  @Override
  public Trainer open(Optional<Path> dataset, Split split, Optional<Path> graph)
      throws TrainingException {
    if (dataset.isEmpty()) {
      throw new TrainingException(
          "dataset_path: missing (expected: an npz file; the trainer djl needs data)");
    }
    return new DjlTrainer(Table.open(dataset.get(), split), graph);
  }
}
