package ai.cifer.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.HelperTrust;
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

  /// PROTOCOL 2.7: with c - t + m + 1 statements secrecy holds against m; 32 -> 21, 4 -> 3.
  @ParameterizedTest
  @CsvSource({"4, 3, 3, 1", "16, 11, 11, 5", "32, 22, 21, 10"})
  void afterARetry_mHelpersMayCollude(int count, int needed, int statements, int secrecy) {
    PlanDocument.Helping figures =
        HelperFigures.of(HelperTrust.MALICIOUS_THIRD, EncryptionMode.SECURE_AGGREGATION, count);
    assertThat(figures.needed()).isEqualTo(needed);
    assertThat(figures.statements()).isEqualTo(statements);
    assertThat(figures.secrecyAfterRetry()).isEqualTo(secrecy).isEqualTo(figures.malicious());
    assertThat(figures.majority()).isNotNull();
    PlanDocument.Helping majority =
        HelperFigures.of(HelperTrust.HONEST, EncryptionMode.SECURE_AGGREGATION, count);
    assertThat(majority.needed()).isEqualTo(count / 2 + 1);
    assertThat(majority.majority()).isNull();
    assertThat(majority.secrecyAfterRetry()).isZero();
  }
}
