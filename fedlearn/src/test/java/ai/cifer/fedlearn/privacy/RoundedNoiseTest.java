package ai.cifer.fedlearn.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What rounding each client's noisy value to whole steps does to the guarantee of the sum: nothing
/// from four steps of noise on. The distributions are computed, not sampled.
///
/// A value x with Gaussian noise of deviation s, rounded at random, is m with probability `h(m -
/// x)`, where h is the density of the noise plus a triangle of width 2.
class RoundedNoiseTest {

  private static final int REACH = 128;

  /// The probabilities of -REACH to REACH.
  private static double[] rounded(double x, double s) {
    double[] probabilities = new double[2 * REACH + 1];
    for (int i = 0; i < probabilities.length; i++) {
      double t = i - REACH - x;
      probabilities[i] = ramp(t + 1, s) - 2 * ramp(t, s) + ramp(t - 1, s);
    }
    return probabilities;
  }

  /// Twice integrated Gaussian density, without the part that second differences cancel.
  private static double ramp(double t, double s) {
    double u = Math.abs(t) / s;
    double tail = Math.exp(SampledGaussian.logErfc(u / Math.sqrt(2))) / 2;
    double above = s * Math.exp(-u * u / 2) / Math.sqrt(2 * Math.PI) - Math.abs(t) * tail;
    return above + Math.max(t, 0);
  }

  private static double[] sum(double[] a, double[] b) {
    double[] all = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b.length; j++) {
        int at = i + j - REACH;
        if (at >= 0 && at < all.length) {
          all[at] += a[i] * b[j];
        }
      }
    }
    return all;
  }

  private static double[] sum(double s, double... values) {
    double[] all = rounded(values[0], s);
    for (int i = 1; i < values.length; i++) {
      all = sum(all, rounded(values[i], s));
    }
    return all;
  }

  private static double distance(double[] a, double[] b) {
    double distance = 0;
    for (int i = 0; i < a.length; i++) {
      distance += Math.abs(a[i] - b[i]) / 2;
    }
    return distance;
  }

  @Test
  void theSumOfRoundedValues_dependsOnTheSumOfTheValuesOnly() {
    assertThat(distance(sum(4, 0.1, 0.7, 2.45), sum(4, 3.25, 0, 0))).isLessThan(1e-12);
    // With little noise it tells more than the sum: whose fraction was rounded.
    assertThat(distance(sum(0.3, 0.1, 0.7, 2.45), sum(0.3, 3.25, 0, 0))).isGreaterThan(1e-2);
  }

  /// The least delta for an epsilon: of the rounded sum by adding up what one distribution has
  /// beyond `exp(epsilon)` times the other, of the exact one by the formula of the Gaussian
  /// mechanism [Balle, Wang, 2018, theorem 8].
  @ParameterizedTest
  @CsvSource({"1, 0.3", "1, 4", "3, 0.7", "3, 2.5", "3, 9", "5, 5.5"})
  void roundedSumsAreAsPrivateAsExactOnes(int clients, double change) {
    double s = 4;
    double[] values = new double[clients];
    for (int i = 0; i < clients; i++) {
      values[i] = 0.37 * i;
    }
    double[] without = sum(s, values);
    values[0] += change;
    double[] with = sum(s, values);
    double all = s * Math.sqrt(clients);
    for (double epsilon : new double[] {0, 0.1, 0.5, 1, 2}) {
      double exact =
          normal(change / (2 * all) - epsilon * all / change)
              - Math.exp(epsilon) * normal(-change / (2 * all) - epsilon * all / change);
      assertThat(beyond(with, without, epsilon)).isLessThan(exact + 1e-12);
      assertThat(beyond(without, with, epsilon)).isLessThan(exact + 1e-12);
    }
    assertThat(beyond(with, without, 0)).isGreaterThan(0.01);
  }

  private static double beyond(double[] a, double[] b, double epsilon) {
    double delta = 0;
    for (int i = 0; i < a.length; i++) {
      delta += Math.max(0, a[i] - Math.exp(epsilon) * b[i]);
    }
    return delta;
  }

  private static double normal(double x) {
    return Math.exp(SampledGaussian.logErfc(-x / Math.sqrt(2))) / 2;
  }
}
