package ai.cifer.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HelperFiguresTest {

  /// The percentages of PROTOCOL 2.6, and the ends.
  @ParameterizedTest
  @CsvSource({
    "3, 4, 0.1, 0.052",
    "11, 16, 0.2, 0.082",
    "22, 32, 0.2, 0.041",
    "22, 32, 0.3, 0.36",
    "17, 32, 0.3, 0.014",
    "1, 1, 0.05, 0.05",
    "32, 32, 0.5, 1",
    "0, 4, 0.2, 0",
  })
  void theProbabilityOfTooFew(int needed, int count, double absent, double expected) {
    assertThat(HelperFigures.fewerThan(needed, count, 1 - absent))
        .isCloseTo(expected, Offset.offset(0.006));
  }
}
