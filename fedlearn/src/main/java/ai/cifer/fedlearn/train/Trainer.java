package ai.cifer.fedlearn.train;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.List;
import java.util.Set;

/// Trains and evaluates on one participant's data. Used by one thread at a time.
public interface Trainer extends AutoCloseable {

  /// What a trainer answers that prepares its data by itself.
  String NO_STATISTICS =
      "preprocessing: statistics over all participants are not known to this trainer (expected: djl, or steps with their constants)";

  /// How many examples this trainer has: the weight of its updates. Steps may change it.
  long examples();

  /// How many of them would count in a training with these options: not those of classes that weigh
  /// less than [TrainOptions#leastClassWeight].
  ///
  /// @throws TrainingException if the data cannot be read
  default long examples(TrainOptions options) throws TrainingException {
    return examples();
  }

  /// Called before a client joins: whether its data fit what will be trained. Of models that are
  /// too large for that, and by trainers that cannot tell, it is found out in the first round.
  ///
  /// @param config as in the first round; steps of preprocessing may lack their constants
  /// @throws TrainingException if the data does not fit
  default void requireFit(String architecture, ModelLayout layout, TrainConfig config)
      throws TrainingException {}

  /// Called before the first training or evaluation, and again when the steps change. A trainer
  /// that prepares its data by itself leaves it out.
  ///
  /// @throws TrainingException if the data does not fit the steps
  default void prepare(Preprocessing preprocessing) throws TrainingException {}

  /// The names of the tensors of `global` that no gradient changes, such as running means, as far
  /// as this trainer knows.
  ///
  /// @throws TrainingException if the data does not fit the model or the engine fails
  default Set<String> buffers(GlobalModel global) throws TrainingException {
    return Set.of();
  }

  /// Trains from `global` and returns the change. With the same model, config and data the result
  /// is the same, bit for bit, on the same machine.
  ///
  /// @throws TrainingException if the data does not fit the model or the engine fails
  ClientUpdate train(GlobalModel global, TrainConfig config, Progress progress)
      throws TrainingException;

  /// As [#train], with `correction` added to the gradient of every step: the difference of the
  /// control variates of server and client [1].
  ///
  /// @param correction of the layout of the model
  /// @throws TrainingException also if this trainer cannot
  /// @see <a href="https://arxiv.org/abs/1910.06378">[1] Karimireddy et al., SCAFFOLD</a>
  default ClientUpdate trainCorrected(
      GlobalModel global, TrainConfig config, Tensors correction, Progress progress)
      throws TrainingException {
    throw new TrainingException(
        "a correction of each step: this trainer knows none (expected: djl, or a strategy that needs none, such as fedavg)");
  }

  /// How many values of an example each of the steps changes that have no constants yet.
  ///
  /// @throws TrainingException if the data does not fit the steps, or this trainer measures nothing
  default List<Integer> measuredWidths(Preprocessing preprocessing) throws TrainingException {
    throw new TrainingException(NO_STATISTICS);
  }

  /// Measures what this participant's examples say, for the wave that the architecture of `before`
  /// names.
  ///
  /// @param before what was measured in earlier waves, of the layout of [Statistics]
  /// @return what is to be added to it
  /// @throws TrainingException if the data does not fit the steps, or this trainer measures nothing
  default ClientUpdate measure(GlobalModel before, Preprocessing preprocessing, Progress progress)
      throws TrainingException {
    throw new TrainingException(NO_STATISTICS);
  }

  /// Measures `global` on the data of this trainer.
  ///
  /// @param options of which the loss says what is measured
  Metrics evaluate(GlobalModel global, TrainOptions options, Progress progress)
      throws TrainingException;

  @Override
  void close();

  /// Is told how far a long step is; being told is also the sign that the participant is alive.
  @FunctionalInterface
  interface Progress {
    Progress NONE = (done, total) -> {};

    void at(long done, long total);
  }
}
