package ai.cifer.fedlearn.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import ai.cifer.fedlearn.local.LocalTensors;
import ai.cifer.fedlearn.local.LocalTraining;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ClientRule;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.TrainOptions.Buffers;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalTensorsTest {

  /// Tensors of one value each: a layer, a layer of batch normalisation and its buffer, and a head.
  private static final ModelLayout LAYOUT =
      new ModelLayout(
          List.of(
              new TensorSpec("layer.weight", List.of(1)),
              new TensorSpec("bn.weight", List.of(1)),
              new TensorSpec("bn.mean", List.of(1)),
              new TensorSpec("head.weight", List.of(1))));

  @TempDir Path folder;
  private RecalledMemory memory;
  private LocalTraining training;
  private final GlobalModel zeros = new GlobalModel("tensors", Tensors.allocate(LAYOUT));

  @BeforeEach
  void open() {
    memory = new RecalledMemory(folder);
    training =
        new LocalTraining(
            new QuadraticTrainer(new double[] {1, 1, 1, 1}, new double[] {1, 1, 1, 1}, 10, 1),
            memory);
  }

  private static TrainConfig config(Buffers buffers, String... local) {
    return new TrainConfig(0.5, 1, 1, 0)
        .withOptions(
            TrainOptions.DEFAULT.toBuilder().buffers(buffers).local(List.of(local)).build());
  }

  private float[] train(TrainConfig config) throws Exception {
    try (ClientUpdate update = training.train(zeros, List.of(), config, List.of(), Progress.NONE)) {
      memory.keep();
      float[] values = new float[(int) update.delta().layout().parameters()];
      update.delta().read(0, values, values.length);
      return values;
    }
  }

  private float[] own(TrainConfig config) throws Exception {
    try (LocalTensors.Start own = training.ownModel(zeros, config)) {
      float[] values = new float[4];
      own.model().tensors().read(0, values, 4);
      return values;
    }
  }

  @Test
  void ofALocalTensorZeroIsSentAndTrainingGoesOnFromItsOwnValue() throws Exception {
    TrainConfig config = config(Buffers.SHARED, "head.*");

    assertThat(train(config)).containsExactly(0.5f, 0.5f, 0.5f, 0);
    assertThat(own(config)).containsExactly(0, 0, 0, 0.5f);
    assertThat(train(config)).containsExactly(0.5f, 0.5f, 0.5f, 0);
    assertThat(own(config)).as("half of the way that was left").containsExactly(0, 0, 0, 0.75f);
  }

  @Test
  void buffersStay() throws Exception {
    assertThat(train(config(Buffers.LOCAL))).containsExactly(0.5f, 0.5f, 0, 0.5f);
  }

  @Test
  void layersWithBuffersStay() throws Exception {
    assertThat(train(config(Buffers.LOCAL_LAYERS))).containsExactly(0.5f, 0, 0, 0.5f);
  }

  @Test
  void withARuleTheOwnValueIsTheTrainedOneAndNotWhatTheRuleMakesOfIt() throws Exception {
    TrainConfig config = config(Buffers.SHARED, "head.*").withRule(new ClientRule.QFedAvg(1));

    float[] sent = train(config);

    assertThat(sent).hasSize(5);
    assertThat(sent[0]).as("times the loss, 2").isEqualTo(1);
    assertThat(sent[3]).isZero();
    assertThat(own(config)[3]).isEqualTo(0.5f);
  }

  @Test
  void aPatternOfManyStarsCostsNoTime() {
    String name = "a".repeat(TensorSpec.MAX_NAME_LENGTH);
    ModelLayout layout = new ModelLayout(List.of(new TensorSpec(name, List.of(1))));
    TrainOptions options = config(Buffers.SHARED, "*a".repeat(200) + "*b").options();

    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () ->
            assertThatThrownBy(() -> options.requireLocal(layout))
                .hasMessageContaining("no such tensor"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"tail | no such tensor", "* | some that are shared"})
  void aPatternThatFitsNothingOrAllIsRefused(String pattern, String part) {
    assertThatThrownBy(() -> train(config(Buffers.SHARED, pattern)))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(part);
  }
}
