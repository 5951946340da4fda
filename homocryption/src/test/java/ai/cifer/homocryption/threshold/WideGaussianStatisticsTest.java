package ai.cifer.homocryption.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.rns.RnsLift;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Wide samples against the ideal distribution, fixed seeds. Significance of each statement about
/// 10^-6 or less, as the comments say.
class WideGaussianStatisticsTest {
  private static final RnsRing RING = InsecureParameters.composite(12).ring();
  private static final RnsLift LIFT = new RnsLift(RING);

  private static double[] samples(WideGaussian gaussian, int polynomials, int primes) {
    double[] all = new double[polynomials * RING.degree()];
    double[] one = new double[RING.degree()];
    for (int k = 0; k < polynomials; k++) {
      byte[] seed = new byte[32];
      ByteBuffer.wrap(seed).putInt(k + 1);
      LIFT.lift(gaussian.sample(RING, primes, seed), one);
      System.arraycopy(one, 0, all, k * one.length, one.length);
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(doubles = {5, 12, 40, 1000, 0x1p20, 0x1p34, 0x1p48, 0x1p60})
  void momentsAreThoseOfTheStatedWidth(double least) {
    var gaussian = new WideGaussian(least);
    double sigma = gaussian.sigma();
    assertThat(sigma).isGreaterThanOrEqualTo(least);
    double[] x = samples(gaussian, 16, 4);
    double n = x.length;
    double mean = Arrays.stream(x).sum() / n / sigma;
    double square = Arrays.stream(x).map(v -> v / sigma * (v / sigma)).sum() / n;
    double fourth = Arrays.stream(x).map(v -> Math.pow(v / sigma, 4)).sum() / n;
    // Five deviations: of the mean 1/√n, of the variance √(2/n), of the fourth moment √(96/n).
    assertThat(Math.abs(mean)).isLessThan(5 / Math.sqrt(n));
    assertThat(Math.abs(square - 1)).isLessThan(5 * Math.sqrt(2 / n));
    assertThat(Math.abs(fourth - 3)).isLessThan(5 * Math.sqrt(96 / n));
  }

  /// 60 cells of equal width between -3σ and 3σ and two tails: 99.9999 % point of 61 degrees of
  /// freedom is 125.
  @ParameterizedTest
  @ValueSource(doubles = {1000, 0x1p25, 0x1p50})
  void cellsAreFilledAsByAGaussian(double least) {
    requireGaussianCells(least, 16);
  }

  /// Ten million samples.
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(doubles = {0x1p20, 0x1p48})
  void tenMillionSamplesAreGaussian(double least) {
    requireGaussianCells(least, 2442);
  }

  private static void requireGaussianCells(double least, int polynomials) {
    var gaussian = new WideGaussian(least);
    double[] x = samples(gaussian, polynomials, 4);
    int cells = 62;
    int[] counts = new int[cells];
    for (double v : x) {
      int cell = (int) Math.floor((v / gaussian.sigma() + 3) * 10) + 1;
      counts[Math.clamp(cell, 0, cells - 1)]++;
    }
    double chi = 0;
    for (int cell = 0; cell < cells; cell++) {
      double from = cell == 0 ? -40 : (cell - 1) / 10.0 - 3;
      double to = cell == cells - 1 ? 40 : cell / 10.0 - 3;
      double expected = x.length * mass(from, to);
      chi += (counts[cell] - expected) * (counts[cell] - expected) / expected;
    }
    assertThat(chi).isBetween(25.0, 125.0);
  }

  /// Of the standard normal density, by Simpson's rule where it matters.
  private static double mass(double from, double to) {
    double a = Math.max(from, -12);
    double b = Math.min(to, 12);
    int steps = 2000;
    double h = (b - a) / steps;
    double sum = 0;
    for (int k = 0; k <= steps; k++) {
      double z = a + k * h;
      double weight = k == 0 || k == steps ? 1 : k % 2 == 1 ? 4 : 2;
      sum += weight * Math.exp(-z * z / 2);
    }
    return sum * h / 3 / Math.sqrt(2 * Math.PI);
  }

  /// What a sum of scaled narrow samples could get wrong: residues modulo the factors are uniform.
  /// 99.9999 % point of 48 degrees of freedom: 106.
  @Test
  void lowDigitsAreUniform() {
    var gaussian = new WideGaussian(0x1p30);
    double[] x = samples(gaussian, 16, 4);
    int[] counts = new int[49];
    for (double v : x) {
      counts[(int) Math.floorMod((long) v, 49L)]++;
    }
    double expected = x.length / 49.0;
    double chi = 0;
    for (int count : counts) {
      chi += (count - expected) * (count - expected) / expected;
    }
    assertThat(chi).isBetween(15.0, 106.0);
  }

  @Property(tries = 300)
  void theWidthIsAtLeastWhatWasAskedAndLittleMore(
      @ForAll @DoubleRange(min = 12, max = 190) double bits) {
    double least = Math.pow(2, bits);
    assertThat(new WideGaussian(least).sigma() / least).isBetween(1.0, 7.0 / 6);
  }

  @Test
  void theSameSeedGivesTheSameIntegersModuloAnyPrimes() {
    var gaussian = new WideGaussian(0x1p55);
    byte[] seed = new byte[32];
    RnsPolynomial few = gaussian.sample(RING, 2, seed);
    RnsPolynomial many = gaussian.sample(RING, 6, seed);
    assertThat(many.truncated(2).rows()).isDeepEqualTo(few.rows());
    seed[0] = 1;
    assertThat(gaussian.sample(RING, 2, seed).row(0)).isNotEqualTo(few.row(0));
  }

  @Test
  void impossibleWidthsAreRefused() {
    for (double wrong : new double[] {0, -1, Double.NaN, 0x1p201, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new WideGaussian(wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
