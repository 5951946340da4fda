package ai.cifer.homocryption.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AggregationBenchTest {
  /// Waits for the warm-up of the kernels, hence slow.
  @Test
  @Tag("slow")
  void figuresArePlausibleAndBytesExact() throws InterruptedException {
    AggregationFigures figures =
        AggregationBench.measure(AggregationParameters.K2_N256, 30_000, Duration.ofMillis(20));
    assertThat(figures.profile()).isEqualTo("K2_N256");
    assertThat(figures.bytesPerClient()).isEqualTo(3 * 51_200);
    assertThat(figures.lanes()).isIn(1, 2, 4, 8);
    // No comparison of times: so short a measurement may meet the compiler at work.
    assertThat(figures.clientMillis()).isPositive();
    assertThat(figures.hashedClientMillis()).isPositive();
    assertThat(figures.foldMillis()).isPositive();
    assertThat(figures.openMillis()).isPositive();
    assertThat(figures.firstMillis()).isPositive();
  }

  @Test
  void refusesNoValues() {
    assertThatThrownBy(
            () -> AggregationBench.measure(AggregationParameters.K2_N256, 0, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("values: 0 (expected: 1 to 16777216)");
  }
}
