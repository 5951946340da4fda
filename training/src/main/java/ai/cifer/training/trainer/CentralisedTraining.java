package ai.cifer.training.trainer;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.training.model.Architectures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the same network and optimiser reach with all data in one place: the yardstick of a
/// federated run, whose rounds of one local epoch pass over as many examples.
public final class CentralisedTraining {

  private CentralisedTraining() {}

  /// Trains a fresh model and measures it on the test split after each epoch.
  ///
  /// @param data an npz file with both splits
  /// @param architecture a name of [Architectures]
  /// @param config of one epoch; its seed also fixes the first values
  /// @param epochs how often `config` is applied, >= 1
  /// @param progress is told the examples of all epochs
  /// @return one entry an epoch
  /// @throws TrainingException if the data is missing or does not fit the network
  public static List<Metrics> run(
      Path data, String architecture, TrainConfig config, int epochs, Progress progress)
      throws TrainingException {
    var provider = new DjlTrainerProvider();
    List<Metrics> history = new ArrayList<>();
    GlobalModel model = new Architectures().initialise(architecture, config.seed());
    try (Tensors tensors = model.tensors();
        Trainer trainer = provider.open(Optional.of(data), Split.TRAIN);
        Trainer judge = provider.open(Optional.of(data), Split.TEST)) {
      for (int epoch = 0; epoch < epochs; epoch++) {
        int before = epoch;
        TrainConfig fresh = config.withSeed(config.seed() * 1_000_003 + epoch);
        Progress whole = (done, total) -> progress.at(before * total + done, epochs * total);
        try (ClientUpdate update = trainer.train(model, fresh, whole)) {
          add(update.delta(), tensors);
        }
        history.add(judge.evaluate(model, config.options(), Progress.NONE));
      }
    }
    return history;
  }

  private static void add(Tensors change, Tensors out) {
    for (int i = 0; i < out.layout().tensors().size(); i++) {
      float[] values = out.values(i);
      float[] changes = change.values(i);
      for (int j = 0; j < values.length; j++) {
        values[j] += changes[j];
      }
      out.write(out.layout().offset(i), values, values.length);
    }
  }
}
