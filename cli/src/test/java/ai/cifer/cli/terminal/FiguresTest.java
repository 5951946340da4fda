package ai.cifer.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class FiguresTest {

  @Test
  void bytesHaveAUnitAndThreeDigits() {
    assertThat(Figures.bytes(0)).isEqualTo("0 B");
    assertThat(Figures.bytes(999)).isEqualTo("999 B");
    assertThat(Figures.bytes(1000)).isEqualTo("1.00 kB");
    assertThat(Figures.bytes(863_214)).isEqualTo("863.2 kB");
    assertThat(Figures.bytes(999_949)).isEqualTo("999.9 kB");
    assertThat(Figures.bytes(999_950)).isEqualTo("1.00 MB");
    assertThat(Figures.bytes(8_310_000)).isEqualTo("8.31 MB");
    assertThat(Figures.bytes(Long.MAX_VALUE)).isEqualTo("9.22 EB");
  }

  @Test
  void secondsLoseDecimalsAsTheyGrow() {
    assertThat(Figures.seconds(0.042)).isEqualTo("0.04");
    assertThat(Figures.seconds(9.994)).isEqualTo("9.99");
    assertThat(Figures.seconds(9.995)).isEqualTo("10.0");
    assertThat(Figures.seconds(99.94)).isEqualTo("99.9");
    assertThat(Figures.seconds(99.96)).isEqualTo("100");
  }

  @Test
  void longWaitsAreInMinutes() {
    assertThat(Figures.duration(8.4)).isEqualTo("8 s");
    assertThat(Figures.duration(125)).isEqualTo("2 min 5 s");
  }

  @Test
  void theDecimalSignDoesNotDependOnTheCountry() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(Figures.percent(0.8123)).isEqualTo("81.23 %");
      assertThat(Figures.count(2_001_436)).isEqualTo("2,001,436");
      assertThat(Figures.loss(0.5)).isEqualTo("0.5000");
      assertThat(Figures.ratio(1.0431)).isEqualTo("1.043");
    } finally {
      Locale.setDefault(before);
    }
  }
}
