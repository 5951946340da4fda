package ai.cifer.homocryption.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class QuantiserTest {
  private static final AggregationParameters K2 = AggregationParameters.K2_N256;
  private static final int LEVELS = (1 << 19) - 1;

  @Test
  void zeroAndTheClipAreExactWhateverTheRounding() {
    float[] update = {0f, 0.5f, -0.5f, 7f, -7f, Float.MIN_VALUE * 0f, -0f, Float.MAX_VALUE};
    int[] slots = quantise(K2, 1, update, 0.5f, 1, 1, seed(1));
    int zero = LEVELS + 1;
    assertThat(Arrays.copyOf(slots, update.length))
        .containsExactly(zero, 2 * LEVELS + 1, 1, 2 * LEVELS + 1, 1, zero, zero, 2 * LEVELS + 1);
    assertThat(Arrays.stream(slots).skip(update.length)).containsOnly(0);
  }

  /// Whole steps of weight 1 are exact; half a step goes to either side.
  @Test
  void wholeStepsAreExact() {
    float[] update = new float[1000];
    Arrays.fill(update, 12f);
    int[] slots = quantise(K2, 1, update, LEVELS, 1, 1, seed(2));
    assertThat(Arrays.stream(slots).limit(1000)).containsOnly(LEVELS + 1 + 12);
  }

  /// The mean of n roundings of x has a standard deviation of at most 1/(2√n): five of them.
  @Test
  void roundingIsUnbiased() {
    for (float x : new float[] {0.25f, -0.25f, 0.001f, -0.999f, 3.5f, 123.456f}) {
      float[] update = new float[K2.valuesPerBlock()];
      Arrays.fill(update, x);
      double sum = 0;
      double samples = 0;
      try (var quantiser = new Quantiser(K2, seed(3), 3, 4)) {
        float[] clip = new float[update.length];
        Arrays.fill(clip, LEVELS);
        int[] slots = new int[update.length];
        for (int block = 1; block <= 40; block++) {
          quantiser.quantise(block, update, clip, update.length, slots);
          for (int slot : slots) {
            sum += slot - LEVELS - 1;
            assertThat((double) (slot - LEVELS - 1)).isBetween(0.75 * x - 1, 0.75 * x + 1);
          }
          samples += slots.length;
        }
      }
      assertThat(sum / samples)
          .isBetween(0.75 * x - 2.5 / Math.sqrt(samples), 0.75 * x + 2.5 / Math.sqrt(samples));
    }
  }

  @Test
  void blockZeroReservesTheFirstCoefficient() {
    float[] update = new float[K2.capacity(0)];
    Arrays.fill(update, 1f);
    int[] slots = quantise(K2, 0, update, 0.5f, 900, 1000, seed(4));
    assertThat(slots[0]).isEqualTo(900);
    assertThat(slots[4096]).isEqualTo(1);
    assertThat(slots[2 * 4096]).isZero();
    int[] capped = quantise(K2, 0, update, 0.5f, 5000, 1000, seed(4));
    assertThat(capped[0]).isEqualTo(1000);
    for (int j = 1; j < 4096; j++) {
      assertThat(capped[j]).isEqualTo(2 * LEVELS + 1);
      assertThat(capped[4096 + j]).isEqualTo(2 * LEVELS + 1);
      assertThat(capped[8192 + j]).isEqualTo(2 * LEVELS + 1);
    }
  }

  @Test
  void aSingleFieldReservesTwoCoefficients() {
    AggregationParameters k1 = AggregationParameters.K1_N256;
    int[] slots = quantise(k1, 0, new float[] {0.5f}, 0.5f, 8, 8, seed(4));
    assertThat(Arrays.copyOf(slots, 4)).containsExactly(8, 1, (1 << 26) - 1, 0);
  }

  @Test
  void everyParameterHasItsOwnClip() {
    float[] update = {1f, 1f, 1f, 1f};
    float[] clip = {1f, 2f, 2f, 4f};
    int[] slots = new int[K2.valuesPerBlock()];
    try (var quantiser = new Quantiser(K2, seed(5), 1, 1)) {
      quantiser.quantise(3, update, clip, 4, slots);
    }
    assertThat(slots[0] - LEVELS - 1).isEqualTo(LEVELS);
    assertThat(slots[1] - LEVELS - 1).isBetween(LEVELS / 2, LEVELS / 2 + 1);
    assertThat(slots[2] - LEVELS - 1).isBetween(LEVELS / 2, LEVELS / 2 + 1);
    assertThat(slots[3] - LEVELS - 1).isBetween(LEVELS / 4, LEVELS / 4 + 1);
  }

  /// A retry must give the same bytes: the result depends on seed, block and update alone.
  @Test
  void sameSeedGivesTheSameSlotsInAnyOrderOfBlocks() {
    float[] update = new float[500];
    Arrays.setAll(new double[500], i -> update[i] = (float) Math.sin(i));
    float[] clip = new float[500];
    Arrays.fill(clip, 1f);
    int[] first = new int[K2.valuesPerBlock()];
    int[] again = new int[K2.valuesPerBlock()];
    int[] other = new int[K2.valuesPerBlock()];
    try (var quantiser = new Quantiser(K2, seed(6), 1, 3)) {
      quantiser.quantise(5, update, clip, 500, first);
      quantiser.quantise(6, update, clip, 500, other);
      quantiser.quantise(5, update, clip, 500, again);
    }
    assertThat(again).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
  }

  @Test
  void namesTheFirstValueThatIsNotFinite() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (int position : new int[] {0, 4094, 4095, 4096, 12284}) {
        float[] update = new float[K2.capacity(0)];
        update[position] = bad;
        update[12284] = Float.NaN;
        assertThatThrownBy(() -> quantise(K2, 0, update, 1f, 1, 1, seed(7)))
            .isInstanceOfSatisfying(
                NonFiniteValue.class, e -> assertThat(e.index()).isEqualTo(position));
        float[] second = new float[K2.capacity(1)];
        second[position] = bad;
        assertThatThrownBy(() -> quantise(K2, 2, second, 1f, 1, 1, seed(7)))
            .isInstanceOfSatisfying(
                NonFiniteValue.class,
                e -> assertThat(e.index()).isEqualTo(12285 + 12288 + position))
            .hasMessageContaining("expected: a finite number");
      }
    }
  }

  @Test
  void refusesArgumentsOutOfRange() {
    float[] one = {1f};
    for (float clip : new float[] {0f, -1f, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> quantise(K2, 0, one, clip, 1, 1, seed(8)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("clip[0]: " + clip + " (expected: finite and > 0)");
    }
    refused(() -> quantise(K2, 0, one, 1f, 0, 1, seed(8)), "weight: 0");
    refused(() -> quantise(K2, 0, one, 1f, 1, 0, seed(8)), "weight_cap: 0");
    refused(() -> quantise(K2, 0, one, 1f, 1, 1 << 20, seed(8)), "weight_cap: 1048576");
    refused(() -> quantise(K2, 0, new float[12286], 1f, 1, 1, seed(8)), "count: 12286");
    refused(() -> quantise(K2, -1, one, 1f, 1, 1, seed(8)), "block: -1");
    refused(() -> quantise(K2, 0, one, 1f, 1, 1, new byte[31]), "seed_bytes: 31");
    try (var quantiser = new Quantiser(K2, seed(8), 1, 1)) {
      refused(() -> quantiser.quantise(0, one, one, 1, new int[5]), "slots: 5 (expected: 12288)");
      refused(() -> quantiser.quantise(0, one, one, 2, new int[12288]), "array length: 1");
    }
  }

  @Test
  void theSmallestClipDoesNotOverflow() {
    float tiny = Float.MIN_VALUE;
    int[] slots = quantise(K2, 1, new float[] {tiny, -tiny, 1f}, tiny, 1, 1, seed(9));
    assertThat(Arrays.copyOf(slots, 3)).containsExactly(2 * LEVELS + 1, 1, 2 * LEVELS + 1);
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static int[] quantise(
      AggregationParameters parameters,
      long block,
      float[] update,
      float clip,
      int weight,
      int weightCap,
      byte[] seed) {
    float[] clips = new float[update.length];
    Arrays.fill(clips, clip);
    int[] slots = new int[parameters.valuesPerBlock()];
    Arrays.fill(slots, -1);
    try (var quantiser = new Quantiser(parameters, seed, weight, weightCap)) {
      quantiser.quantise(block, update, clips, update.length, slots);
    }
    return slots;
  }

  private static byte[] seed(int value) {
    byte[] seed = new byte[AggregationParameters.SEED_BYTES];
    Arrays.fill(seed, (byte) value);
    return seed;
  }
}
