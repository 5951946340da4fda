package ai.cifer.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.training.model.tensorflow.SavedModelFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The graph is TensorFlow's own, see `make_tensorflow.py`: with the velocity `v' = v / 2 +
/// gradient` of each weight, a step changes the weight by `-rate * v'`.
class TensorFlowTrainerTest {

  private static final Path GRAPH =
      Path.of("../training/src/test/resources/fixtures/tensorflow/tumours");
  private static final Path DATA = Path.of("../examples/data/breast_cancer_wdbc.csv");
  private static final Preprocessing STEPS =
      new Preprocessing(
          List.of(
              new Preprocessing.Label("benign", List.of()),
              new Preprocessing.Scale(List.of("mean_area", "worst_area"), 0, 2500),
              new Preprocessing.Scale(List.of("mean_perimeter", "worst_perimeter"), 0, 250),
              new Preprocessing.Scale(List.of("se_area"), 0, 200),
              new Preprocessing.Scale(List.of("mean_radius", "worst_radius"), 0, 40),
              new Preprocessing.Scale(List.of("mean_texture", "worst_texture"), 0, 50),
              new Preprocessing.Scale(List.of("se_perimeter"), 0, 20)));

  private GlobalModel model;
  private Trainer trainer;

  @BeforeEach
  void open() throws Exception {
    model = new SavedModelFormat().read(GRAPH);
    trainer =
        new TensorFlowTrainerProvider().open(Optional.of(DATA), Split.TRAIN, Optional.of(GRAPH));
    trainer.prepare(STEPS);
  }

  @AfterEach
  void close() {
    trainer.close();
    model.tensors().close();
  }

  private static TrainConfig config(int batch, int epochs) {
    return new TrainConfig(0.1, batch, epochs, 7).withPreprocessing(STEPS);
  }

  private static int index(ModelLayout layout, String name) {
    return layout.tensors().stream().map(tensor -> tensor.name()).toList().indexOf(name);
  }

  @Test
  void aStepIsTheGraphsOwn() throws Exception {
    try (ClientUpdate update = trainer.train(model, config(1000, 1), Trainer.Progress.NONE)) {
      ModelLayout layout = update.delta().layout();
      assertThat(update.examples()).isEqualTo(569);
      assertThat(update.steps()).isEqualTo(1);
      double largest = 0;
      for (String name : List.of("hidden/kernel", "hidden/bias", "out/kernel", "out/bias")) {
        int weight = index(layout, name);
        // Their sizes, 480, 16, 32 and 2, tell which velocity is whose.
        int velocity = velocity(layout, layout.tensors().get(weight).size());
        float[] change = update.delta().values(weight);
        float[] before = model.tensors().values(velocity);
        float[] moved = update.delta().values(velocity);
        for (int i = 0; i < change.length; i++) {
          assertThat((double) change[i])
              .as("%s at %d", name, i)
              .isCloseTo(-0.1 * (before[i] + moved[i]), within(1e-6));
          largest = Math.max(largest, Math.abs(change[i]));
        }
      }
      assertThat(largest).isGreaterThan(1e-4);
      assertThat(update.delta().values(index(layout, "coarse"))).containsOnly(0f);
    }
  }

  private static int velocity(ModelLayout layout, long size) {
    return layout.tensors().stream()
        .filter(tensor -> tensor.name().startsWith("velocity/") && tensor.size() == size)
        .map(tensor -> index(layout, tensor.name()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void itLearns_andTheSameSeedGivesTheSameBits() throws Exception {
    Metrics before = trainer.evaluate(model, TrainOptions.DEFAULT, Trainer.Progress.NONE);
    Tensors trained = Tensors.allocate(model.tensors().layout());
    try (ClientUpdate one = trainer.train(model, config(16, 8), Trainer.Progress.NONE);
        ClientUpdate other = trainer.train(model, config(16, 8), Trainer.Progress.NONE);
        trained) {
      assertThat(one.delta().digest()).isEqualTo(other.delta().digest());
      assertThat(one.steps()).isEqualTo(8 * 36);
      for (long i = 0; i < trained.layout().parameters(); i++) {
        trained.write(i, new float[] {model.tensors().get(i) + one.delta().get(i)}, 1);
      }
      Metrics after =
          trainer.evaluate(
              new GlobalModel(model.architecture(), trained),
              TrainOptions.DEFAULT,
              Trainer.Progress.NONE);
      assertThat(after.examples()).isEqualTo(569);
      assertThat(after.loss()).isLessThan(before.loss());
      // Always "benign" is right in 63 of 100.
      assertThat(after.accuracy()).isGreaterThan(0.85);
    }
  }

  @Test
  void whatNoGradientChangesIsKnown() throws Exception {
    assertThat(trainer.buffers(model))
        .containsExactlyInAnyOrder(
            "coarse", "velocity/0", "velocity/1", "velocity/2", "velocity/3");
  }

  private void refused(String fact, String architecture, TrainConfig config) {
    assertThatThrownBy(() -> trainer.requireFit(architecture, model.tensors().layout(), config))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(fact);
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeItJoins() throws Exception {
    trainer.requireFit(model.architecture(), model.tensors().layout(), config(16, 1));
    refused("(expected: the graph of this run, savedmodel:00)", "savedmodel:00", config(16, 1));
    TrainOptions adam =
        TrainOptions.DEFAULT.toBuilder().optimiser(TrainOptions.Optimiser.ADAM).build();
    refused(
        "since the graph makes its steps itself",
        model.architecture(),
        config(16, 1).withOptions(adam));
    Preprocessing fewer =
        new Preprocessing(
            List.of(
                new Preprocessing.Label("benign", List.of()),
                new Preprocessing.Select(List.of("mean_area"))));
    refused(
        "x has the shape [-1, 30] (expected: [-1, ...] that takes examples of [1])",
        model.architecture(),
        config(16, 1).withPreprocessing(fewer));
    assertThatThrownBy(() ->
            new TensorFlowTrainerProvider()
                .open(Optional.of(DATA), Split.TRAIN, Optional.empty())
                .close())
        .hasMessageContaining("graph_path: missing");
  }

  /// Values and copies of the graph are with temporary files, and those are gone afterwards.
  @Test
  void nothingIsLeftBehind() throws Exception {
    long before = temporary();
    trainer.evaluate(model, TrainOptions.DEFAULT, Trainer.Progress.NONE);
    trainer.train(model, config(100, 1), Trainer.Progress.NONE).close();
    assertThat(temporary()).isEqualTo(before);
  }

  private static long temporary() throws IOException {
    try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith("cifer-savedmodel"))
          .count();
    }
  }
}
