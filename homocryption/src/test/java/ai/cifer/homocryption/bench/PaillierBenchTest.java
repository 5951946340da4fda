package ai.cifer.homocryption.bench;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.paillier.PaillierBackend;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaillierBenchTest {
  @Test
  void figuresArePlausible() {
    PaillierFigures figures =
        PaillierBench.measure(PaillierBackend.best(), 2048, Duration.ofMillis(10));
    assertThat(figures.bits()).isEqualTo(2048);
    assertThat(figures.fields()).isEqualTo(73);
    assertThat(figures.bytesPerValue()).isBetween(6.9, 7.1);
    assertThat(figures.statement()).startsWith("Paillier: ");
    assertThat(figures.encryptMillis()).isPositive();
    assertThat(figures.addMillis()).isPositive().isLessThan(figures.encryptMillis());
    assertThat(figures.rerandomizeMillis()).isPositive();
    assertThat(figures.decryptMillis()).isPositive();
  }
}
