package ai.cifer.homocryption.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.kernel.AliasTable;
import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.kernel.MaskingKernel;
import ai.cifer.homocryption.kernel.TwinCheck;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The sampler against its table and its table against the ideal distribution.
///
/// The streams have fixed seeds, so the test gives the same figures each time; the limits are five
/// standard deviations wide.
class GaussianSamplerStatisticsTest {
  private static final int BLOCK = 4096;

  /// The distance that the table documents: no probability exceeds the ideal one by more than a
  /// factor of 1 + 2^-55, and those that are cut off weigh less than 2^-60.
  @Test
  void noWeightExceedsTheIdealByMoreThanTheDocumentedFactor() {
    for (String sigma : new String[] {"8", "3.19", "1", "12"}) {
      long[] weights = new GaussianTable(sigma).weights();
      BigDecimal[] ideal = GaussianTable.idealMagnitudes(new BigDecimal(sigma));
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
    }
    assertThat(GaussianTable.SIGMA_8.largest()).isEqualTo(72);
  }

  /// Column by column, what a draw gives adds up to the very weights.
  @Test
  void aliasTablesHaveExactlyTheWeights() {
    for (String sigma : new String[] {"8", "3.19", "1", "12"}) {
      GaussianTable table = new GaussianTable(sigma);
      long[] made = new long[AliasTable.COLUMNS];
      for (int column = 0; column < made.length; column++) {
        made[column] += table.aliases().threshold(column);
        made[table.aliases().alias(column)] += (1L << 56) - table.aliases().threshold(column);
      }
      assertThat(made).isEqualTo(Arrays.copyOf(table.weights(), made.length));
    }
  }

  @Test
  void refusesOtherDeviationsAndWeights() {
    assertThatThrownBy(() -> new GaussianTable("12.5"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sigma: 12.5 (expected: 1 to 12)");
    assertThatThrownBy(() -> new AliasTable(new long[] {1L << 62, (1L << 62) - 1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("of sum 9223372036854775807 (expected: at most 128");
    assertThatThrownBy(() -> new AliasTable(new long[] {1L << 62, -1, (1L << 62) + 1}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// Every column at its threshold, one below and one above, with both signs.
  @Test
  void comparesExactlyAtEveryThreshold() {
    for (String sigma : new String[] {"8", "3.19"}) {
      AliasTable table = new GaussianTable(sigma).aliases();
      for (int column = 0; column < AliasTable.COLUMNS; column++) {
        long threshold = table.threshold(column);
        for (long off = -1; off <= 1; off++) {
          long fraction = Math.clamp(threshold + off, 0L, (1L << 56) - 1);
          int magnitude = fraction < threshold ? column : table.alias(column);
          byte[] out = new byte[64];
          byte[] random = new byte[512];
          for (int j = 0; j < 64; j++) {
            random[j] = (byte) (column | (j & 1) << 7);
            for (int plane = 1; plane < 8; plane++) {
              random[64 * plane + j] = (byte) (fraction >>> (56 - 8 * plane));
            }
          }
          for (MaskingKernel kernel :
              List.of(TwinCheck.vector().masking(), KernelProvider.scalar().masking())) {
            kernel.gaussian(table, random, out, new long[MaskingKernel.GAUSSIAN_SCRATCH]);
            assertThat(out[62]).isEqualTo((byte) magnitude);
            assertThat(out[63]).isEqualTo((byte) -magnitude);
          }
        }
      }
    }
  }

  @Test
  void samplesHaveTheFrequenciesAndMomentsOfTheTable() {
    int blocks = 2500;
    long[] histogram = new long[2 * GaussianTable.BOUND + 1];
    byte[] random = new byte[8 * BLOCK];
    byte[] out = new byte[BLOCK];
    GaussianSampler sampler = new GaussianSampler(GaussianTable.SIGMA_8);
    try (AesCtrStream stream = new AesCtrStream(new byte[32])) {
      for (int block = 0; block < blocks; block++) {
        stream.start(Purpose.ERROR, 0, block);
        stream.read(random, random.length);
        sampler.sample(random, out);
        for (byte x : out) {
          histogram[x + GaussianTable.BOUND]++;
        }
      }
    }
    double n = (double) blocks * BLOCK;
    long[] weights = GaussianTable.SIGMA_8.weights();
    double chiSquare = 0;
    int cells = 0;
    double mean = 0;
    double square = 0;
    double fourth = 0;
    for (int x = -GaussianTable.BOUND; x <= GaussianTable.BOUND; x++) {
      long seen = histogram[x + GaussianTable.BOUND];
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
  void clearOverwritesTheBuffer() {
    var sampler = new GaussianSampler(GaussianTable.SIGMA_8, KernelProvider.scalar().masking());
    byte[] random = new byte[8 * 64];
    Arrays.fill(random, (byte) 0x3f);
    sampler.sample(random, new byte[64]);
    assertThat(sampler.buffered()).isNotZero();
    sampler.clear();
    assertThat(sampler.buffered()).isZero();
  }
}
