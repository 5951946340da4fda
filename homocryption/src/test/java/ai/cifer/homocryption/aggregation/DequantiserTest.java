package ai.cifer.homocryption.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class DequantiserTest {
  private static final int CAP = 500;

  /// One step of rounding a client and parameter, so the mean errs by at most `C/levels · w_cap·|U|
  /// / count`.
  @Test
  void meanIsTheWeightedMeanWithinOneStep() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    int[] weights = {1, 77, 500, 9000};
    for (AggregationParameters parameters : AggregationParameters.all()) {
      int cap = Math.min(CAP, parameters.maxWeightCap());
      int total = parameters.capacity(0) + 100;
      float[] clip = new float[total];
      double[] expected = new double[total];
      SlotSum[] sums = {new SlotSum(parameters), new SlotSum(parameters)};
      for (int i = 0; i < total; i++) {
        clip[i] = i < total / 3 ? 0.25f : 2f;
      }
      long count = 0;
      for (int weight : weights) {
        int capped = Math.min(weight, cap);
        count += capped;
        float[] update = new float[total];
        for (int i = 0; i < total; i++) {
          update[i] = (float) random.nextDouble(-1.2 * clip[i], 1.2 * clip[i]);
          expected[i] += capped * (double) Math.clamp(update[i], -clip[i], clip[i]);
        }
        byte[] seed = new byte[32];
        random.nextBytes(seed);
        add(parameters, seed, weight, cap, update, clip, sums);
      }
      Dequantiser dequantiser = new Dequantiser(parameters, weights.length, cap);
      long[] slotSums = new long[parameters.valuesPerBlock()];
      sums[0].copySums(slotSums);
      dequantiser.begin(slotSums);
      assertThat(dequantiser.count()).isEqualTo(count);
      float[] mean = new float[parameters.capacity(0)];
      dequantiser.dequantise(0, slotSums, clip, parameters.capacity(0), mean);
      check(parameters, mean, clip, expected, 0, parameters.capacity(0), count, cap);
      sums[1].copySums(slotSums);
      float[] rest = new float[100];
      float[] restClip = Arrays.copyOfRange(clip, total - 100, total);
      dequantiser.dequantise(1, slotSums, restClip, 100, rest);
      check(parameters, rest, clip, expected, total - 100, 100, count, cap);
    }
  }

  private static void check(
      AggregationParameters parameters,
      float[] mean,
      float[] clip,
      double[] expected,
      int from,
      int length,
      long count,
      int cap) {
    int levels = (1 << (parameters.valueBits() - 1)) - 1;
    for (int i = 0; i < length; i++) {
      double bound = clip[from + i] / (double) levels * cap * 4 / count + 1e-7;
      double exact = expected[from + i] / count;
      assertThat((double) mean[i]).isBetween(exact - bound, exact + bound);
    }
  }

  private static void add(
      AggregationParameters parameters,
      byte[] seed,
      int weight,
      int cap,
      float[] update,
      float[] clip,
      SlotSum[] sums) {
    int[] slots = new int[parameters.valuesPerBlock()];
    int head = parameters.capacity(0);
    try (var quantiser = new Quantiser(parameters, seed, weight, cap)) {
      quantiser.quantise(0, update, clip, head, slots);
      sums[0].add(slots);
      quantiser.quantise(
          1,
          Arrays.copyOfRange(update, head, update.length),
          Arrays.copyOfRange(clip, head, clip.length),
          update.length - head,
          slots);
      sums[1].add(slots);
    }
  }

  @Test
  void refusesCountsThatHonestClientsCannotHave() {
    inconsistent(0, 2, "count: 2 (expected: 3 to 1500");
    inconsistent(0, 1501, "count: 1501");
    inconsistent(4096, 2, "ones: sum 2 (expected: 3)");
    inconsistent(8192, 1, "reserved field 2: sum 1 (expected: 0)");
    inconsistent(1, 2, "slot 1: sum 2 (expected: 3 to 3145725)");
    inconsistent(10, 3145726, "slot 10: sum 3145726");
    inconsistent(11, 1, "slot 11: sum 1 (expected: 0 to 0)");
    inconsistent(12287, 1, "slot 12287: sum 1 (expected: 0 to 0)");
  }

  /// Three clients, ten parameters in slots 1 to 10; one slot is then changed.
  private static void inconsistent(int slot, long value, String message) {
    AggregationParameters parameters = AggregationParameters.K2_N256;
    long[] sums = new long[parameters.valuesPerBlock()];
    sums[0] = 900;
    sums[4096] = 3;
    Arrays.fill(sums, 1, 11, 3_000_000);
    decode(parameters, sums);
    sums[slot] = value;
    assertThatThrownBy(() -> decode(parameters, sums))
        .isInstanceOf(InconsistentSum.class)
        .hasMessageContaining(message);
  }

  private static void decode(AggregationParameters parameters, long[] sums) {
    float[] clip = new float[10];
    Arrays.fill(clip, 1f);
    Dequantiser dequantiser = new Dequantiser(parameters, 3, CAP);
    dequantiser.begin(sums);
    dequantiser.dequantise(0, sums, clip, 10, new float[10]);
  }

  @Test
  void needsTheCountFirst() {
    AggregationParameters parameters = AggregationParameters.K2_N256;
    Dequantiser dequantiser = new Dequantiser(parameters, 3, CAP);
    assertThatThrownBy(dequantiser::count).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() ->
            dequantiser.dequantise(
                1, new long[parameters.valuesPerBlock()], new float[0], 0, new float[0]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("begin");
  }
}
