package ai.cifer.homocryption.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Known answers of quantiser and masker from `vectors/aggregation.py`, an independent reference in
/// Python integers.
class AggregationVectorTest {
  @Test
  void slotsAndBlocksEqualTheReference() throws Exception {
    assertThat(SchemeCheck.wrongAnswers()).isEmpty();
  }
}
