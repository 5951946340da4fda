package ai.cifer.simulation;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// A trainer without a network: the update is drawn from the seed. The dataset is a text file with
/// the number of examples, or with a word that nobody can train on.
public final class DriftTrainerProvider implements TrainerProvider {

  /// How many train now, and the most that ever did.
  static final AtomicInteger TRAINING = new AtomicInteger();

  static final AtomicInteger MOST_TRAINING = new AtomicInteger();

  @Override
  public String name() {
    return "drift";
  }

  @Override
  public Trainer open(Optional<Path> dataset, Dataset.Split split) throws TrainingException {
    try {
      String said = Files.readString(dataset.orElseThrow()).strip();
      if (!said.matches("[0-9]+")) {
        throw new TrainingException("dataset: %s (expected: a number)".formatted(said));
      }
      return new DriftTrainer(Long.parseLong(said));
    } catch (IOException failure) {
      throw new TrainingException("dataset: " + failure.getMessage(), failure);
    }
  }

  private record DriftTrainer(long examples) implements Trainer {
    @Override
    public ClientUpdate train(GlobalModel global, TrainConfig config, Progress progress) {
      int now = TRAINING.incrementAndGet();
      MOST_TRAINING.accumulateAndGet(now, Math::max);
      try {
        Tensors delta = Tensors.allocate(global.tensors().layout());
        SplittableRandom random = new SplittableRandom(config.seed());
        float[] value = new float[1];
        for (long i = 0; i < delta.layout().parameters(); i++) {
          value[0] = (float) (random.nextDouble() - 0.5) * 0.1f;
          delta.write(i, value, 1);
        }
        return new ClientUpdate(delta, examples, 1);
      } finally {
        TRAINING.decrementAndGet();
      }
    }

    /// The correction moves the update, so that what clients remember shows in the model.
    @Override
    public ClientUpdate trainCorrected(
        GlobalModel global, TrainConfig config, Tensors correction, Progress progress) {
      ClientUpdate update = train(global, config, progress);
      float[] value = new float[1];
      for (long i = 0; i < correction.layout().parameters(); i++) {
        value[0] = (float) (update.delta().get(i) - config.learningRate() * correction.get(i));
        update.delta().write(i, value, 1);
      }
      return update;
    }

    @Override
    public Metrics evaluate(GlobalModel global, TrainOptions options, Progress progress) {
      return new Metrics(examples, 0, 0);
    }

    @Override
    public void close() {}
  }
}
