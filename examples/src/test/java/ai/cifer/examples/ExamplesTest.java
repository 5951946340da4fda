package ai.cifer.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.Plugins;
import ai.cifer.node.RunResult;
import ai.cifer.node.config.TrainerChoice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every example runs, and what it says is true.
@Timeout(240)
class ExamplesTest {

  private static final Path DATA = Path.of("data", "fashion_mnist_26k.npz");

  @TempDir Path folder;

  private final List<String> said = new ArrayList<>();

  @Test
  void _1_threeClientsLearn() throws Exception {
    RunResult result = _1_FirstFederation.run(DATA, folder, said::add);

    assertThat(result.reason()).isEmpty();
    assertThat(result.rounds()).hasSize(2).allSatisfy(everybodyTookPart());
    assertThat(accuracy(result.rounds().getLast())).isGreaterThan(0.5);
    assertThat(result.folder().resolve("model.npz")).exists();
    assertThat(result.folder().resolve("model.safetensors")).exists();
    assertThat(result.folder().resolve("events.jsonl")).isNotEmptyFile();
    // The Javadoc says 1.48 times.
    assertThat(result.rounds().getFirst().uploadBytes() / (4.0 * 52_138)).isBetween(1.475, 1.485);
    assertThat(said).anyMatch(line -> line.contains("52,138 parameters, 208,552 bytes"));
  }

  private static ThrowingConsumer<RoundSummary> everybodyTookPart() {
    return round -> assertThat(round.actual()).isEqualTo(round.planned()).hasSize(3);
  }

  @Test
  void _2_theSumIsExact() {
    assertThat(_2_EncryptedSum.run(said::add)).containsExactly(6, 90, 1_200, 3_145_725);
    assertThat(said).contains("the sum opens: [6, 90, 1200, 3145725]");
    assertThat(said.getLast()).startsWith("with the secrets of two it does not open: ");
    assertThat(said).anyMatch(line -> line.contains("12,288 values in 51,200 bytes: 4.167"));
  }

  @Test
  void _3_aTrainerOfOnesOwnLearns() throws Exception {
    RunResult result = _3_YourOwnTrainer.run(DATA, folder, said::add);
    assertThat(result.reason()).isEmpty();
    assertThat(result.rounds()).hasSize(2).allSatisfy(everybodyTookPart());
    assertThat(accuracy(result.rounds().getLast())).isGreaterThan(0.6);
  }

  private Trainer softmax(Dataset.Split split) throws Exception {
    return Plugins.trainer(
        TrainerChoice.of("softmax", folder, List.of()),
        Optional.of(DATA),
        split,
        Optional.empty(),
        folder,
        Duration.ofMinutes(1));
  }

  @Test
  void _3_theTrainerIsFoundByItsName_andRepeatable() throws Exception {
    try (Trainer trainer = softmax(Dataset.Split.TRAIN);
        Tensors zeros = Tensors.allocate(SoftmaxTrainer.LAYOUT)) {
      GlobalModel model = new GlobalModel(SoftmaxTrainer.ARCHITECTURE, zeros);
      TrainConfig config = new TrainConfig(0.1, 128, 1, 5);
      try (var once = trainer.train(model, config, Trainer.Progress.NONE);
          var again = trainer.train(model, config, Trainer.Progress.NONE);
          var other = trainer.train(model, config.withSeed(6), Trainer.Progress.NONE)) {
        assertThat(once.examples()).isEqualTo(16_000);
        assertThat(once.delta().digest()).isEqualTo(again.delta().digest());
        assertThat(once.delta().digest()).isNotEqualTo(other.delta().digest());
      }
    }
  }

  @Test
  void _3_aModelOfAnotherKind_isRefused() throws Exception {
    ModelLayout layout = new ModelLayout(List.of(new TensorSpec("weight", List.of(3))));
    try (Trainer trainer = softmax(Dataset.Split.TEST);
        Tensors tensors = Tensors.allocate(layout)) {
      assertThatThrownBy(() ->
              trainer.evaluate(
                  new GlobalModel("cnn", tensors), TrainOptions.DEFAULT, Trainer.Progress.NONE))
          .isInstanceOf(TrainingException.class)
          .hasMessage("architecture: cnn (expected: softmax-regression)");
    }
  }

  private static double accuracy(RoundSummary round) {
    return round.metrics().orElseThrow().accuracy();
  }
}
