package ai.cifer.systemtests;

import ai.cifer.fedlearn.tensor.ModelLayout;
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
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.SplittableRandom;

/// Trainers without a network, so that a test of faults spends its time on the faults: the update
/// is noise drawn from the seed. The dataset is a properties file:
///
/// - `examples`: the weight of the updates
/// - `hold`: in this round (the n-th that this process trains) the trainer makes a file `holding`
///   beside the dataset and trains on, with signs of life, until there is a file `go`
/// - `nan`: the position of the value of every update that is not a number
/// - `mapped`: `true` keeps the update in a mapped file beside the dataset, for models larger than
///   memory should be
public final class GatedTrainerProvider implements TrainerProvider {

  /// The word that a config names.
  static final String NAME = "gated";

  /// Made by `ServiceLoader`.
  public GatedTrainerProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Trainer open(Optional<Path> dataset, Dataset.Split split) throws TrainingException {
    Path file = dataset.orElseThrow();
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException failure) {
      throw new TrainingException("dataset: " + failure.getMessage(), failure);
    }
    return new GatedTrainer(file.toAbsolutePath(), properties);
  }

  private static final class GatedTrainer implements Trainer {
    private static final int CHUNK = 1 << 16;
    private static final int STEPS = 2;
    private final Path dataset;
    private final Properties properties;
    private int round;

    GatedTrainer(Path dataset, Properties properties) {
      this.dataset = dataset;
      this.properties = properties;
    }

    @Override
    public long examples() {
      return number("examples", 100);
    }

    @Override
    public ClientUpdate train(GlobalModel global, TrainConfig config, Progress progress)
        throws TrainingException {
      round++;
      if (number("hold", 0) == round) {
        hold(progress);
      }
      try {
        return new ClientUpdate(noise(global.tensors().layout(), config.seed()), examples(), STEPS);
      } catch (IOException failure) {
        throw new TrainingException("update: " + failure.getMessage(), failure);
      }
    }

    /// What is remembered shows in the update.
    @Override
    public ClientUpdate trainCorrected(
        GlobalModel global, TrainConfig config, Tensors correction, Progress progress)
        throws TrainingException {
      ClientUpdate update = train(global, config, progress);
      long size = correction.layout().parameters();
      float[] values = new float[(int) Math.min(CHUNK, size)];
      float[] extra = values.clone();
      for (long at = 0; at < size; at += values.length) {
        int count = (int) Math.min(values.length, size - at);
        update.delta().read(at, values, count);
        correction.read(at, extra, count);
        for (int i = 0; i < count; i++) {
          values[i] -= (float) config.learningRate() * extra[i];
        }
        update.delta().write(at, values, count);
      }
      return update;
    }

    private void hold(Progress progress) throws TrainingException {
      try {
        Files.createFile(dataset.resolveSibling("holding"));
      } catch (IOException failure) {
        throw new TrainingException("holding: " + failure.getMessage(), failure);
      }
      Wait.until(
          "go",
          Duration.ofMinutes(5),
          () -> {
            progress.at(0, 0);
            return Files.exists(dataset.resolveSibling("go"));
          });
    }

    private Tensors noise(ModelLayout layout, long seed) throws IOException {
      Tensors delta =
          Boolean.parseBoolean(properties.getProperty("mapped"))
              ? Tensors.create(dataset.resolveSibling("update.f32"), layout)
              : Tensors.allocate(layout);
      float[] chunk = new float[(int) Math.min(CHUNK, layout.parameters())];
      SplittableRandom random = new SplittableRandom(seed);
      for (int i = 0; i < chunk.length; i++) {
        chunk[i] = (float) (random.nextDouble() - 0.5) * 0.1f;
      }
      for (long at = 0; at < layout.parameters(); at += chunk.length) {
        delta.write(at, chunk, (int) Math.min(chunk.length, layout.parameters() - at));
      }
      if (properties.containsKey("nan")) {
        delta.write(number("nan", 0), new float[] {Float.NaN}, 1);
      }
      return delta;
    }

    private long number(String key, long otherwise) {
      return Long.parseLong(properties.getProperty(key, Long.toString(otherwise)));
    }

    @Override
    public Metrics evaluate(GlobalModel global, TrainOptions options, Progress progress) {
      return new Metrics(examples(), Math.abs(global.tensors().get(0)), 0);
    }

    @Override
    public void close() {}
  }
}
