package ai.cifer.training.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.fedlearn.train.TrainerProvider;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.training.data.Fixtures;
import ai.cifer.training.data.Partition;
import ai.cifer.training.data.PartitionFiles;
import ai.cifer.training.model.Architectures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DjlTrainerTest {

  private static final Path DATA = Path.of("../examples/data/fashion_mnist_26k.npz");
  private static final TrainConfig CONFIG = new TrainConfig(0.1, 32, 1, 7);

  @TempDir static Path folder;
  private static Path small;

  /// 500 real images.
  @BeforeAll
  static void cut() throws TrainingException {
    Partition partition = Partition.iid(16_000, 32, 1);
    small = PartitionFiles.write(DATA, partition, folder).getFirst();
  }

  private static Trainer open(Path file) throws TrainingException {
    return new DjlTrainerProvider().open(Optional.of(file), Split.TRAIN);
  }

  private static GlobalModel model() throws TrainingException {
    return new Architectures().initialise("cnn", 3);
  }

  private static byte[] digest(TrainConfig config) throws TrainingException {
    GlobalModel model = model();
    try (Tensors _ = model.tensors();
        Trainer trainer = open(small);
        ClientUpdate update = trainer.train(model, config, Progress.NONE)) {
      assertThat(update.examples()).isEqualTo(500);
      return update.delta().digest();
    }
  }

  /// What is refused before a client joins, with the table of three columns and a network for it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a,b,y;1,2,0;3,4,1 | mlp 2 3 2 | ",
        "a,b,y;1,2,0;3,4,1 | mlp 3 3 2 | expected",
        "a,b,y;1,2,0;3,4,5 | mlp 2 3 2 | labels of the data: 0 to 5 (expected: 0 to 1",
        "a,b,y;1,2,-1;3,4,0 | mlp 2 3 2 | label: -1 at index 0",
        "a,c,y;1,2,0;3,4,1 | mlp 2 3 2 | column: b (expected: one of [a, c, y])",
        "a,b,y;1,x,0;3,z,1 | mlp 2 3 2 | column b: categories [x, z] (expected: numbers)",
        "a,b,y;1,,0;3,4,1 | mlp 2 3 2 | column b: 1 values are missing",
        "a,b,y;1,2,no;3,4,yes | mlp 2 3 2 | label y: texts",
      })
  void dataThatDoNotFit_areRefusedBeforeAnythingIsTrained(
      String rows, String architecture, @Nullable String refusal) throws Exception {
    Path csv = Files.writeString(folder.resolve("fit.csv"), rows.replace(';', '\n') + "\n");
    TrainConfig config =
        CONFIG.withPreprocessing(
            new Preprocessing(
                List.of(
                    new Preprocessing.Standardize(
                        List.of("a", "b"), 0, 10, List.of(), List.of()))));
    GlobalModel model = new Architectures().initialise(architecture, 3);
    try (Tensors tensors = model.tensors();
        Trainer trainer = open(csv)) {
      if (refusal == null) {
        trainer.requireFit(architecture, tensors.layout(), config);
      } else {
        assertThatThrownBy(() -> trainer.requireFit(model.architecture(), tensors.layout(), config))
            .isInstanceOf(TrainingException.class)
            .hasMessageContaining(refusal);
      }
    }
  }

  @Test
  void examplesThatASplitOrAWeightLeavesOut_doNotCount() throws Exception {
    StringBuilder rows = new StringBuilder("x,y\n");
    for (int i = 0; i < 2000; i++) {
      rows.append(i).append(',').append(i == 7 ? 1 : 0).append('\n');
    }
    Path file = Files.writeString(folder.resolve("rows.csv"), rows);
    try (Trainer trainer = open(file)) {
      TrainOptions plain = TrainOptions.DEFAULT;
      assertThat(trainer.examples(plain)).isEqualTo(2000);
      assertThat(trainer.examples(weighted(1e-300, 1.0))).isEqualTo(1);
      assertThat(trainer.examples(weighted(0.01, 1.0))).isEqualTo(2000);
      assertThat(trainer.examples(weighted(1.0, 0.001))).isEqualTo(1999);
      trainer.prepare(new Preprocessing(List.of(new Preprocessing.Divide(0.9995, 3))));
      assertThat(trainer.examples(plain)).isLessThan(10);
    }
  }

  private static TrainOptions weighted(Double... weights) {
    return TrainOptions.DEFAULT.toBuilder().classWeights(List.of(weights)).build();
  }

  @Test
  void isFoundByTheServiceLoader() {
    assertThat(ServiceLoader.load(TrainerProvider.class)).anyMatch(p -> p.name().equals("djl"));
  }

  @Test
  void theSameSeedGivesTheSameBitsEvenBesideOtherTrainings()
      throws TrainingException, InterruptedException, ExecutionException {
    byte[] alone = digest(CONFIG);
    assertThat(digest(CONFIG.withSeed(8))).isNotEqualTo(alone);
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<byte[]>> results = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        results.add(threads.submit(() -> digest(CONFIG)));
      }
      for (Future<byte[]> result : results) {
        assertThat(result.get()).isEqualTo(alone);
      }
    }
  }

  /// PyTorch's gradient mode would stay behind on the carrier.
  @Test
  void aVirtualThreadIsRefused() throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            digest(CONFIG);
          } catch (TrainingException refused) {
            thrown.set(refused);
          }
        })
        .join();
    assertThat(thrown.get()).hasMessageStartingWith("PyTorch on a virtual thread (expected: ");
  }

  @Test
  void lossFallsAndProgressIsTold() throws TrainingException {
    List<Long> done = new ArrayList<>();
    GlobalModel model = model();
    try (Tensors tensors = model.tensors();
        Trainer trainer = open(small)) {
      Metrics before = trainer.evaluate(model, TrainOptions.DEFAULT, Progress.NONE);
      try (ClientUpdate update =
          trainer.train(
              model,
              new TrainConfig(0.1, 32, 3, 1),
              (at, total) -> {
                assertThat(total).isEqualTo(1500);
                done.add(at);
              })) {
        add(tensors, update.delta(), 1);
      }
      Metrics after = trainer.evaluate(model, TrainOptions.DEFAULT, Progress.NONE);
      assertThat(done).hasSize(48).isSorted().endsWith(1500L);
      assertThat(before.loss()).isBetween(2.0, 3.5);
      assertThat(after.loss()).isLessThan(0.75 * before.loss());
      assertThat(after.accuracy()).isGreaterThan(0.5);
      assertThat(after.examples()).isEqualTo(500);
    }
  }

  /// One step over all examples moves each value by `-learningRate * dLoss/dw`; the derivative is
  /// checked against a central difference of the loss, whose error is about 1 % in float32. Biases
  /// are moved away from zero first: there the black background lies on the rectifier's kink.
  @Test
  void aStepFollowsTheGradientOfTheLossThatIsReported() throws TrainingException {
    GlobalModel model = model();
    for (int bias = 1; bias < 8; bias += 2) {
      int size = (int) model.tensors().layout().tensors().get(bias).size();
      float[] values = new float[size];
      Arrays.fill(values, 0.1f);
      model.tensors().write(model.tensors().layout().offset(bias), values, size);
    }
    try (Tensors tensors = model.tensors();
        Trainer trainer = open(small);
        ClientUpdate update = trainer.train(model, new TrainConfig(1, 500, 1, 1), Progress.NONE)) {
      ModelLayout layout = tensors.layout();
      for (int index = 0; index < layout.tensors().size(); index++) {
        long position = largest(update.delta(), index);
        double gradient = -update.delta().get(position);
        double step = 5e-3;
        nudge(tensors, position, step);
        double above = trainer.evaluate(model, TrainOptions.DEFAULT, Progress.NONE).loss();
        nudge(tensors, position, -2 * step);
        double below = trainer.evaluate(model, TrainOptions.DEFAULT, Progress.NONE).loss();
        nudge(tensors, position, step);
        assertThat((above - below) / (2 * step) / gradient)
            .as(layout.tensors().get(index).name())
            .isBetween(0.93, 1.07);
      }
    }
  }

  /// However many examples are looked at together, the step is that of all of them.
  @Test
  void anAccumulatedEpochIsOneStep() throws TrainingException {
    GlobalModel model = model();
    TrainConfig whole = new TrainConfig(0.5, 500, 1, 1);
    TrainConfig parts =
        whole
            .withBatchSize(128)
            .withOptions(TrainOptions.DEFAULT.toBuilder().accumulate(true).build());
    try (Tensors _ = model.tensors();
        Trainer trainer = open(small);
        ClientUpdate expected = trainer.train(model, whole, Progress.NONE);
        ClientUpdate found = trainer.train(model, parts, Progress.NONE)) {
      assertThat(expected.steps()).isEqualTo(1);
      assertThat(found.steps()).isEqualTo(1);
      for (long i = 0; i < expected.delta().layout().parameters(); i++) {
        assertThat(found.delta().get(i)).isCloseTo(expected.delta().get(i), within(1e-6f));
      }
    }
  }

  private static long largest(Tensors tensors, int index) {
    float[] values = tensors.values(index);
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      largest = Math.abs(values[i]) > Math.abs(values[largest]) ? i : largest;
    }
    return tensors.layout().offset(index) + largest;
  }

  private static void nudge(Tensors tensors, long position, double by) {
    tensors.write(position, new float[] {(float) (tensors.get(position) + by)}, 1);
  }

  private static void add(Tensors tensors, Tensors delta, float factor) {
    for (int i = 0; i < tensors.layout().tensors().size(); i++) {
      float[] values = tensors.values(i);
      float[] change = delta.values(i);
      for (int j = 0; j < values.length; j++) {
        values[j] += factor * change[j];
      }
      tensors.write(tensors.layout().offset(i), values, values.length);
    }
  }

  @Test
  void aModelThatDivergedGivesAnUpdateThatIsNotFinite() throws TrainingException {
    GlobalModel model = model();
    try (Tensors tensors = model.tensors();
        Trainer trainer = open(small)) {
      tensors.write(0, new float[] {Float.NaN}, 1);
      try (ClientUpdate update = trainer.train(model, CONFIG, Progress.NONE)) {
        assertThat(update.delta().get(0)).isNaN();
      }
      Metrics metrics = trainer.evaluate(model, TrainOptions.DEFAULT, Progress.NONE);
      assertThat(metrics.loss()).isNaN();
      assertThat(metrics.accuracy()).isZero();
    }
  }

  @Test
  void dataOfAnotherShapeIsRefusedWithBothShapes() throws TrainingException {
    GlobalModel model = model();
    try (Tensors _ = model.tensors();
        Trainer trainer = open(Fixtures.file("dataset.npz"))) {
      assertThatThrownBy(() -> trainer.train(model, CONFIG, Progress.NONE).close())
          .isInstanceOf(TrainingException.class)
          .hasMessage("shape of an example: [4, 4] (expected for cnn: [1, 28, 28])");
    }
  }

  @Test
  void aModelWithOtherTensorsIsRefusedWithBothShapes() throws TrainingException {
    var layout = new ModelLayout(List.of(new TensorSpec("conv1.weight", List.of(3, 3))));
    try (Tensors tensors = Tensors.allocate(layout);
        Trainer trainer = open(small)) {
      assertThatThrownBy(() ->
              trainer.evaluate(
                  new GlobalModel("cnn", tensors), TrainOptions.DEFAULT, Progress.NONE))
          .isInstanceOf(TrainingException.class)
          .hasMessage("shape of tensor conv1.weight: [3, 3] (expected for cnn: [8, 1, 3, 3])");
    }
  }

  @Test
  void dataIsNeeded() {
    assertThatThrownBy(() -> new DjlTrainerProvider().open(Optional.empty(), Split.TRAIN).close())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("dataset_path: missing");
  }
}
