package ai.cifer.node;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainerProvider;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Trainers without a network: the update is drawn from the seed. The dataset is a text file
/// `<examples> [<word>]`; the word `nan` puts a NaN into every update, `huge` makes it 10,000 times
/// as large, `unmeasured` refuses to measure. What it measures of every column is `examples / 1000`
/// on the scale of its range.
public final class DriftTrainerProvider implements TrainerProvider {

  private static final int STEPS = 3;

  @Override
  public String name() {
    return "drift";
  }

  @Override
  public Trainer open(Optional<Path> dataset, Dataset.Split split) throws TrainingException {
    try {
      String[] words = Files.readString(dataset.orElseThrow()).trim().split(" ", 2);
      return new DriftTrainer(Long.parseLong(words[0]), words.length > 1 ? words[1] : "");
    } catch (IOException failure) {
      throw new TrainingException("dataset: " + failure.getMessage(), failure);
    }
  }

  private record DriftTrainer(long examples, String word) implements Trainer {
    @Override
    public ClientUpdate train(GlobalModel global, TrainConfig config, Progress progress) {
      Tensors delta = Tensors.allocate(global.tensors().layout());
      SplittableRandom random = new SplittableRandom(config.seed());
      float[] value = new float[1];
      long parameters = delta.layout().parameters();
      for (long i = 0; i < parameters; i++) {
        value[0] = (float) (random.nextDouble() - 0.5) * 0.1f;
        if (word.equals("huge")) {
          value[0] *= 10_000;
        }
        if (word.equals("nan") && i == 7) {
          value[0] = Float.NaN;
        }
        delta.write(i, value, 1);
      }
      progress.at(parameters, parameters);
      return new ClientUpdate(delta, examples, STEPS);
    }

    /// The correction moves each step.
    @Override
    public ClientUpdate trainCorrected(
        GlobalModel global, TrainConfig config, Tensors correction, Progress progress) {
      ClientUpdate update = train(global, config, progress);
      float[] value = new float[1];
      for (long i = 0; i < correction.layout().parameters(); i++) {
        double moved = config.learningRate() * STEPS * correction.get(i);
        value[0] = (float) (update.delta().get(i) - moved);
        update.delta().write(i, value, 1);
      }
      return update;
    }

    @Override
    public List<Integer> measuredWidths(Preprocessing preprocessing) {
      return Statistics.namedWidths(preprocessing);
    }

    @Override
    public ClientUpdate measure(GlobalModel before, Preprocessing preprocessing, Progress progress)
        throws TrainingException {
      if (word.equals("unmeasured")) {
        throw new TrainingException("patients.csv: no column age");
      }
      Statistics statistics = Statistics.of(preprocessing, before.tensors().layout());
      Tensors delta = Tensors.allocate(statistics.layout());
      for (int tensor : statistics.measured(Statistics.wave(before.architecture()))) {
        float[] values = new float[(int) delta.layout().tensors().get(tensor).size()];
        Arrays.fill(values, tensor % 2 == 0 ? 1 : examples / 1000f);
        delta.write(delta.layout().offset(tensor), values, values.length);
      }
      return new ClientUpdate(delta, examples);
    }

    @Override
    public Metrics evaluate(GlobalModel global, TrainOptions options, Progress progress) {
      double sum = 0;
      for (long i = 0; i < global.tensors().layout().parameters(); i++) {
        sum += Math.abs(global.tensors().get(i));
      }
      return new Metrics(examples, sum, 0);
    }

    @Override
    public void close() {}
  }
}
