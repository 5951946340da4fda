package ai.cifer.tensorflow;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainerProvider;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.Table;
import java.nio.file.Path;
import java.util.Optional;

/// The trainer `tensorflow`: SavedModels that train themselves, by their signature `train`.
public final class TensorFlowTrainerProvider implements TrainerProvider {

  @Override
  public String name() {
    return "tensorflow";
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
          "dataset_path: missing (expected: a data file; the trainer tensorflow needs data)");
    }
    if (graph.isEmpty()) {
      throw new TrainingException(
          "graph_path: missing (expected: this participant's own copy of the SavedModel; code is not accepted from the coordinator)");
    }
    return new TensorFlowTrainer(Table.open(dataset.get(), split), graph.get());
  }
}
