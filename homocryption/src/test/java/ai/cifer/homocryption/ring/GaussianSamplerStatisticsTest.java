package ai.cifer.homocryption.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// The sampler against its table and its table against the ideal distribution.
///
/// The streams have fixed seeds, so the test gives the same figures each time; the limits are five
/// standard deviations wide.
class GaussianSamplerStatisticsTest {
  private static final int BLOCK = 4096;

  /// The distance that the class documents: no probability exceeds the ideal one by more than a
  /// factor of 1 + 2^-55, and those that are cut off weigh less than 2^-60.
  @Test
  void noWeightExceedsTheIdealByMoreThanTheDocumentedFactor() {
    long[] weights = GaussianSampler.weights();
    BigDecimal[] ideal = GaussianSampler.idealMagnitudes(new MathContext(80));
    BigDecimal unit = new BigDecimal(2).pow(63);
    BigDecimal factor = BigDecimal.ONE.add(BigDecimal.ONE.divide(new BigDecimal(2).pow(55)));
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal cut = BigDecimal.ZERO;
    for (int k = 0; k < ideal.length; k++) {
      if (k < weights.length) {
        BigDecimal weight = new BigDecimal(weights[k]);
        assertThat(weight).isLessThanOrEqualTo(ideal[k].multiply(unit).multiply(factor));
        sum = sum.add(weight);
      } else {
        cut = cut.add(ideal[k]);
      }
    }
    assertThat(sum).isEqualByComparingTo(unit);
    assertThat(cut).isLessThan(BigDecimal.ONE.divide(new BigDecimal(2).pow(60)));
    assertThat(weights.length - 1).isLessThanOrEqualTo(GaussianSampler.BOUND);
  }

  /// Every boundary of the cumulative table, from both sides and with both signs.
  @Test
  void invertsTheCumulativeTableAtEveryBoundary() {
    long[] weights = GaussianSampler.weights();
    long[] words = new long[512];
    int[] expected = new int[512];
    long cumulative = 0;
    int n = 0;
    for (int k = 0; k < weights.length - 1; k++) {
      cumulative += weights[k];
      words[n] = cumulative - 1;
      expected[n++] = k;
      words[n] = cumulative;
      expected[n++] = k + 1;
      words[n] = cumulative | Long.MIN_VALUE;
      expected[n++] = -(k + 1);
    }
    words[n] = Long.MAX_VALUE;
    expected[n++] = weights.length - 1;
    words[n] = -1;
    expected[n] = -(weights.length - 1);
    byte[] random = new byte[8 * words.length];
    java.nio.ByteBuffer.wrap(random)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer()
        .put(words);
    int[] out = new int[words.length];
    new GaussianSampler().sample(random, out);
    assertThat(out).isEqualTo(expected);
  }

  @Test
  void samplesHaveTheFrequenciesAndMomentsOfTheTable() {
    int blocks = 2500;
    long[] histogram = new long[2 * GaussianSampler.BOUND + 1];
    byte[] random = new byte[8 * BLOCK];
    int[] out = new int[BLOCK];
    GaussianSampler sampler = new GaussianSampler();
    try (AesCtrStream stream = new AesCtrStream(new byte[32])) {
      for (int block = 0; block < blocks; block++) {
        stream.start(Purpose.ERROR, 0, block);
        stream.read(random, random.length);
        sampler.sample(random, out);
        for (int x : out) {
          histogram[x + GaussianSampler.BOUND]++;
        }
      }
    }
    double n = (double) blocks * BLOCK;
    long[] weights = GaussianSampler.weights();
    double chiSquare = 0;
    int cells = 0;
    double mean = 0;
    double square = 0;
    double fourth = 0;
    for (int x = -GaussianSampler.BOUND; x <= GaussianSampler.BOUND; x++) {
      long seen = histogram[x + GaussianSampler.BOUND];
      int k = Math.abs(x);
      double expected = k >= weights.length ? 0 : weights[k] * 0x1p-63 * (k == 0 ? 1 : 0.5) * n;
      if (expected > 20) {
        chiSquare += (seen - expected) * (seen - expected) / expected;
        cells++;
      }
      if (expected == 0) {
        assertThat(seen).isZero();
      }
      mean += x * seen / n;
      square += (double) x * x * seen / n;
      fourth += Math.pow(x, 4) * seen / n;
    }
    assertThat(chiSquare)
        .isBetween(cells - 1 - 5 * Math.sqrt(2.0 * cells), cells + 5 * Math.sqrt(2.0 * cells));
    assertThat(mean).isBetween(-5 * 8 / Math.sqrt(n), 5 * 8 / Math.sqrt(n));
    assertThat(square).isBetween(64 - 5 * 64 * Math.sqrt(2 / n), 64 + 5 * 64 * Math.sqrt(2 / n));
    assertThat(fourth / (square * square))
        .isBetween(3 - 5 * Math.sqrt(24 / n), 3 + 5 * Math.sqrt(24 / n));
  }

  @Test
  void clearOverwritesTheBuffers() {
    GaussianSampler sampler = new GaussianSampler();
    byte[] random = new byte[8 * 256];
    Arrays.fill(random, (byte) 0x3f);
    int[] out = new int[256];
    sampler.sample(random, out);
    assertThat(out).doesNotContain(0);
    sampler.clear();
    assertThat(sampler.buffered()).isZero();
  }
}
