package ai.cifer.training.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.TrainOptions.Loss;
import ai.cifer.fedlearn.train.TrainOptions.Optimiser;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.training.data.Fixtures;
import ai.cifer.training.model.Architectures;
import ai.cifer.training.model.keras.KerasFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is learnt besides one class an example: numbers, and a label at each position of a
/// sequence; and when a round ends early.
class ObjectivesTest {

  private static final TrainOptions PLAIN = TrainOptions.DEFAULT;
  private static final Preprocessing NUMBERS =
      new Preprocessing(List.of(new Preprocessing.Regression("y")));

  @TempDir Path folder;

  private static Trainer open(Path file) throws TrainingException {
    return new DjlTrainerProvider().open(Optional.of(file), Split.TRAIN);
  }

  /// y = 2 a - b + 1/2.
  private Path line() throws Exception {
    StringBuilder text = new StringBuilder("a,b,y\n");
    for (int i = 0; i < 60; i++) {
      double a = (i % 7) / 7.0;
      double b = (i % 11) / 11.0;
      text.append("%s,%s,%s\n".formatted(a, b, 2 * a - b + 0.5));
    }
    return Files.writeString(folder.resolve("line.csv"), text);
  }

  private static void add(Tensors tensors, Tensors change) {
    for (long i = 0; i < tensors.layout().parameters(); i++) {
      tensors.write(i, new float[] {tensors.get(i) + change.get(i)}, 1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Loss.class,
      names = {"AUTO", "MEAN_SQUARED_ERROR", "MEAN_ABSOLUTE_ERROR"})
  void aLineIsLearnt(Loss loss) throws Exception {
    GlobalModel model = new Architectures().initialise("mlp 2 1", 3);
    TrainConfig config =
        new TrainConfig(0.02, 10, 200, 1)
            .withPreprocessing(NUMBERS)
            .withOptions(PLAIN.toBuilder().optimiser(Optimiser.ADAM).loss(loss).build());
    try (Tensors tensors = model.tensors();
        Trainer trainer = open(line())) {
      trainer.prepare(NUMBERS);
      try (ClientUpdate update = trainer.train(model, config, Progress.NONE)) {
        add(tensors, update.delta());
      }
      Metrics metrics = trainer.evaluate(model, config.options(), Progress.NONE);
      assertThat(metrics.loss()).isLessThan(0.05);
      assertThat(metrics.accuracy()).isZero();
      assertThat(tensors.values(0)[0]).isCloseTo(2, within(0.1f));
      assertThat(tensors.values(0)[1]).isCloseTo(-1, within(0.1f));
    }
  }

  /// A coordinator never trains, and clients measure before they do.
  @Test
  void theLossThatIsAskedForIsMeasured_alsoBeforeAnyTraining() throws Exception {
    GlobalModel model = new Architectures().initialise("mlp 2 1", 3);
    try (Tensors tensors = model.tensors();
        Trainer trainer = open(line())) {
      // Of zeros the errors are the targets themselves.
      tensors.write(0, new float[3], 3);
      trainer.prepare(NUMBERS);
      double squared = loss(trainer, model, Loss.MEAN_SQUARED_ERROR);
      double absolute = loss(trainer, model, Loss.MEAN_ABSOLUTE_ERROR);

      assertThat(loss(trainer, model, Loss.AUTO)).isEqualTo(squared);
      assertThat(absolute).isNotEqualTo(squared).isLessThanOrEqualTo(Math.sqrt(squared));
    }
  }

  private static double loss(Trainer trainer, GlobalModel model, Loss loss) throws Exception {
    return trainer.evaluate(model, PLAIN.toBuilder().loss(loss).build(), Progress.NONE).loss();
  }

  @Test
  void aLossForClassesIsRefusedForNumbers() throws Exception {
    GlobalModel model = new Architectures().initialise("mlp 2 1", 3);
    TrainConfig config =
        new TrainConfig(0.1, 10, 1, 1)
            .withOptions(PLAIN.toBuilder().loss(Loss.CROSS_ENTROPY).build());
    try (Tensors _ = model.tensors();
        Trainer trainer = open(line())) {
      trainer.prepare(NUMBERS);
      assertThatThrownBy(() -> trainer.train(model, config, Progress.NONE))
          .isInstanceOf(TrainingException.class)
          .hasMessage("loss: CROSS_ENTROPY (expected: one for numbers)");
    }
  }

  /// Each word names the next one, which is the one after it by number: a network that sees the
  /// word learns that.
  @Test
  void aLabelAtEachPositionIsLearnt() throws Exception {
    Path data = Fixtures.file("models/sequences.npz");
    GlobalModel model = new KerasFormat().read(Fixtures.file("models/sequences.keras"));
    Preprocessing tokens = new Preprocessing(List.of(new Preprocessing.Tokens()));
    TrainConfig config =
        new TrainConfig(0.02, 8, 30, 1)
            .withPreprocessing(tokens)
            .withOptions(PLAIN.toBuilder().optimiser(Optimiser.ADAM).build());
    try (Tensors tensors = model.tensors();
        Trainer trainer = open(data)) {
      trainer.prepare(tokens);
      Metrics before = trainer.evaluate(model, TrainOptions.DEFAULT, Progress.NONE);
      try (ClientUpdate update = trainer.train(model, config, Progress.NONE)) {
        assertThat(update.examples()).isEqualTo(24);
        add(tensors, update.delta());
      }
      Metrics after = trainer.evaluate(model, TrainOptions.DEFAULT, Progress.NONE);
      // Of ten words each as likely: log 10.
      assertThat(before.loss()).isCloseTo(Math.log(10), within(0.1));
      assertThat(after.loss()).isLessThan(0.3);
      assertThat(after.accuracy()).isGreaterThan(0.95);
    }
  }

  @Test
  void aRoundEndsEarly_whenTheLossFallsNoMore() throws Exception {
    GlobalModel model = new Architectures().initialise("mlp 2 1", 3);
    long[] last = {0};
    TrainConfig config =
        new TrainConfig(0.5, 60, 500, 1)
            .withPreprocessing(NUMBERS)
            .withOptions(PLAIN.toBuilder().earlyStop(3).build());
    try (Tensors _ = model.tensors();
        Trainer trainer = open(line())) {
      trainer.prepare(NUMBERS);
      trainer.train(model, config, (done, total) -> last[0] = done).close();
      assertThat(last[0]).isGreaterThan(3 * 60).isLessThan(500 * 60);
    }
  }
}
