package ai.cifer.training.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ArchitectureProvider;
import ai.cifer.fedlearn.train.TrainingException;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ArchitecturesTest {

  private final Architectures architectures = new Architectures();

  @Test
  void isFoundByTheServiceLoader() {
    assertThat(ServiceLoader.load(ArchitectureProvider.class))
        .anyMatch(provider -> provider.names().contains("cnn"));
  }

  @Test
  void tensorsAreNamedAndShapedAsPyTorchDoes() throws TrainingException {
    assertThat(Architectures.named("cnn-large").layout().tensors())
        .containsExactly(
            new TensorSpec("conv1.weight", List.of(32, 1, 3, 3)),
            new TensorSpec("conv1.bias", List.of(32)),
            new TensorSpec("conv2.weight", List.of(64, 32, 3, 3)),
            new TensorSpec("conv2.bias", List.of(64)),
            new TensorSpec("fc1.weight", List.of(630, 3136)),
            new TensorSpec("fc1.bias", List.of(630)),
            new TensorSpec("fc2.weight", List.of(10, 630)),
            new TensorSpec("fc2.bias", List.of(10)));
    assertThat(Architectures.named("cnn-large").layout().parameters()).isEqualTo(2_001_436);
  }

  @Test
  void aSeedGivesTheSameBitsAndAnotherOthers() throws TrainingException {
    try (Tensors first = architectures.initialise("cnn", 1).tensors();
        Tensors again = architectures.initialise("cnn", 1).tensors();
        Tensors other = architectures.initialise("cnn", 2).tensors()) {
      assertThat(again.digest()).isEqualTo(first.digest());
      assertThat(other.digest()).isNotEqualTo(first.digest());
    }
  }

  /// Uniform in `±b` has the standard deviation `b / sqrt(3)`; He wants `sqrt(2 / fan_in)`.
  @Test
  void valuesHaveTheSpreadThatHePrescribes() throws TrainingException {
    try (Tensors tensors = architectures.initialise("cnn-large", 3).tensors()) {
      float[] weights = tensors.values(4);
      double squares = 0;
      for (float weight : weights) {
        squares += (double) weight * weight;
      }
      assertThat(Math.sqrt(squares / weights.length) / Math.sqrt(2.0 / 3136)).isBetween(0.99, 1.01);
      assertThat(tensors.values(5)).containsOnly(0f);
    }
  }

  @Test
  void anUnknownNameListsTheKnown() {
    assertThatThrownBy(() -> architectures.initialise("cmn", 1))
        .isInstanceOf(TrainingException.class)
        .hasMessage("architecture: cmn (expected: one of [cnn, cnn-large, mlp])");
  }

  @Test
  void layersThatDoNotFitAreRefused() {
    assertThatThrownBy(() ->
            new Architecture(
                "broken",
                List.of(1, 28, 28),
                10,
                List.of(new Layer.Flatten(), new Layer.Linear("fc", 783, 10))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("input of fc: [784] (expected: [783])");
  }

  @Test
  void aNetworkForTablesIsWrittenByItsSizes() throws Exception {
    assertThat(Architectures.named("mlp 30 16 2").layout().parameters())
        .isEqualTo(30 * 16 + 16 + 16 * 2 + 2);
    assertThat(Architectures.named("mlp 5 3").layout().tensors())
        .extracting(TensorSpec::name)
        .containsExactly("fc1.weight", "fc1.bias");
    for (String bad : new String[] {"mlp", "mlp 3", "mlp 3 0", "mlp 3 -1", "mlp 3 2 "}) {
      assertThatThrownBy(() -> Architectures.named(bad))
          .hasMessageContaining(
              "(expected: mlp INPUTS HIDDEN ... CLASSES, for example mlp 30 16 2)");
    }
  }
}
