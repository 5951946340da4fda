package ai.cifer.homocryption.aggregation;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class AggregationWarmUpTest {
  /// The dummy data go through every step of the scheme: a step that refused them would compile
  /// nothing after it.
  @Test
  void theDummyDataPassEveryStep() {
    assertThatCode(() -> AggregationWarmUp.blocks(AggregationParameters.K1_N64, 3))
        .doesNotThrowAnyException();
  }
}
