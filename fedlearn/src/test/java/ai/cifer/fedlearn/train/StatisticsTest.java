package ai.cifer.fedlearn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Preprocessing.ImputeMean;
import ai.cifer.fedlearn.train.Preprocessing.Label;
import ai.cifer.fedlearn.train.Preprocessing.Select;
import ai.cifer.fedlearn.train.Preprocessing.Standardize;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {

  private static Standardize standardize(String... columns) {
    return new Standardize(List.of(columns), 0, 100, List.of(), List.of());
  }

  private static ImputeMean impute(String... columns) {
    return new ImputeMean(List.of(columns), 0, 100, List.of());
  }

  private static Statistics of(Preprocessing.Step... steps) {
    Preprocessing preprocessing = new Preprocessing(List.of(steps));
    return Statistics.of(preprocessing, Statistics.namedWidths(preprocessing));
  }

  @Test
  void squaresComeAWaveAfterTheirMeans_andColumnsThatAreFilledInAfterThat() {
    Statistics statistics =
        of(impute("income"), standardize("age"), standardize("income", "debt"), impute("age"));
    assertThat(statistics.parts()).extracting(Statistics.Part::wave).containsExactly(1, 1, 2, 3);
    assertThat(statistics.waves()).isEqualTo(3);
    assertThat(statistics.measured(1)).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(statistics.measured(2)).containsExactlyInAnyOrder(4, 5, 6, 7);
    assertThat(statistics.measured(3)).containsExactlyInAnyOrder(8, 9, 10, 11);
    assertThat(statistics.layout().tensors().get(7))
        .isEqualTo(new TensorSpec("statistics.3.sum", List.of(2)));
  }

  @Test
  void withoutColumns_aStepWaitsForAllBefore() {
    Preprocessing steps = new Preprocessing(List.of(standardize("age"), standardize()));
    assertThat(Statistics.of(steps, List.of(1, 7)).parts())
        .extracting(Statistics.Part::wave)
        .containsExactly(1, 3);
    assertThatThrownBy(() -> Statistics.namedWidths(steps))
        .hasMessageContaining("standardize without columns (expected: columns by name; or dataset");
  }

  /// Another starting point must not make another question of the same one.
  @Test
  void beforeAWave_onlyWhatWasMeasuredMayBeThere() {
    Statistics statistics = of(standardize("a"));
    try (Tensors before = Tensors.allocate(statistics.layout())) {
      statistics.requireUnmeasured(before, 1);
      before.write(1, new float[] {1e-6f}, 1);
      statistics.requireUnmeasured(before, 2);
      assertThatThrownBy(() -> statistics.requireUnmeasured(before, 1))
          .hasMessage(
              "statistics.1.sum: 1.0E-6 before wave 1 (expected: 0, it is not measured yet)");
      before.write(3, new float[] {Float.NaN}, 1);
      assertThatThrownBy(() -> statistics.requireUnmeasured(before, 2))
          .hasMessageStartingWith("statistics.1.squares: NaN before wave 2");
    }
  }

  @Test
  void meansAndDeviationsAreThoseOfAllExamples() {
    Statistics statistics = of(new Select(List.of("a", "b")), standardize("a", "b"));
    try (Tensors measured = Tensors.allocate(statistics.layout())) {
      // Of a half is missing, what is there is 75 on average, 25 away from that; b is always 50.
      measured.write(0, new float[] {0.5f, 1, 0.25f, 0, 0.5f, 1, 0.03125f, 1e-7f}, 8);
      Preprocessing resolved = statistics.resolved(measured);
      assertThat(resolved.steps().get(1))
          .isEqualTo(
              new Standardize(List.of("a", "b"), 0, 100, List.of(75f, 50f), List.of(25f, 50f)));
      assertThat(Statistics.missing(resolved)).isEmpty();
      assertThat(statistics.resolved(measured, 2))
          .isEqualTo(
              new Preprocessing(List.of(new Select(List.of("a", "b")), standardize("a", "b"))));
    }
  }

  @Test
  void aColumnWithoutValuesIsSaid() {
    Statistics statistics = of(impute("income"));
    try (Tensors measured = Tensors.allocate(statistics.layout())) {
      measured.write(0, new float[] {2e-6f, -1e-6f}, 2);
      assertThatThrownBy(() -> statistics.resolved(measured))
          .hasMessageContaining("impute-mean: value 0 of columns [income] is missing everywhere");
    }
  }

  @Test
  void stepsBeforeAreThoseWithConstants_andThoseThatChooseRowsAndColumns() {
    Label label = new Label("status", List.of());
    Select select = new Select(List.of("age"));
    Statistics statistics =
        of(
            impute("age"),
            select,
            impute("debt"),
            standardize("age"),
            new Select(List.of("b")),
            label);
    try (Tensors measured = Tensors.allocate(statistics.layout())) {
      measured.write(0, new float[] {1, 0, 1, -1}, 4);
      assertThat(statistics.before(statistics.parts().get(2), measured).steps())
          .containsExactly(
              new ImputeMean(List.of("age"), 0, 100, List.of(50f)),
              select,
              new ImputeMean(List.of("debt"), 0, 100, List.of(0f)),
              label);
    }
  }

  @Test
  void anotherLayoutIsRefused() {
    Preprocessing steps = new Preprocessing(List.of(standardize("age")));
    ModelLayout other =
        new ModelLayout(
            List.of(
                new TensorSpec("statistics.1.present", List.of(1)),
                new TensorSpec("statistics.1.sum", List.of(1))));
    assertThatThrownBy(() -> Statistics.of(steps, other)).hasMessageContaining("expected: ");
    assertThatThrownBy(() -> Statistics.wave("statistics 0")).hasMessageContaining("1 to 9999");
    assertThatThrownBy(() -> Statistics.wave("statistics")).hasMessageContaining("1 to 9999");
    assertThat(Statistics.wave(Statistics.architecture(12))).isEqualTo(12);
  }
}
