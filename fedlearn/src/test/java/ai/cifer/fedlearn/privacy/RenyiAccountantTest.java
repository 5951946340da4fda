package ai.cifer.fedlearn.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The accountant gives what dp-accounting 0.6.0 (PyPI) gives: `RdpAccountant()` with its default
/// orders, `PoissonSampledDpEvent(q, GaussianDpEvent(z))` composed so many times, `get_epsilon`.
class RenyiAccountantTest {

  @ParameterizedTest
  @CsvSource({
    "1.1, 0.01,  1000, 1e-5, 1.7117701662429012",
    "1.0, 1.0,      1, 1e-5, 4.728507067217623",
    "4.0, 1.0,    100, 1e-5, 14.132226163159334",
    "0.8, 0.1,    200, 1e-6, 19.16452927119198",
    "2.0, 0.5,     50, 1e-5, 10.28780809372872",
    "10,  0.001,    1, 1e-5, 0.0035066090798109165",
    "0.5, 0.2,     30, 1e-3, 27.73347690843065",
    "8.0, 0.05, 10000, 1e-7, 3.4002528006095645"
  })
  void theFiguresAreThoseOfDpAccounting(double z, double q, int rounds, double delta, double eps) {
    assertThat(RenyiAccountant.epsilon(z, q, rounds, delta)).isCloseTo(eps, within(1e-9 * eps));
  }

  @Property(tries = 40)
  void moreRoundsLessNoiseAndMoreSampling_spendMore(
      @ForAll @DoubleRange(min = 0.5, max = 20) double z,
      @ForAll @DoubleRange(min = 0.01, max = 0.9) double q,
      @ForAll @IntRange(min = 1, max = 2000) int rounds) {
    double spent = RenyiAccountant.epsilon(z, q, rounds, 1e-5);
    assertThat(spent).isPositive();
    assertThat(RenyiAccountant.epsilon(z, q, 0, 1e-5)).isZero();
    assertThat(RenyiAccountant.epsilon(z, q, 2L * rounds, 1e-5)).isGreaterThan(spent);
    assertThat(RenyiAccountant.epsilon(1.1 * z, q, rounds, 1e-5)).isLessThan(spent);
    assertThat(RenyiAccountant.epsilon(z, 1, rounds, 1e-5)).isGreaterThanOrEqualTo(spent);
  }
}
