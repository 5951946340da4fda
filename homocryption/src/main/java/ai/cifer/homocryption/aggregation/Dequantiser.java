package ai.cifer.homocryption.aggregation;

import java.util.Arrays;

/// Decodes slot sums to the weighted mean of the updates, the same for encrypted and plain sums.
///
/// `mean = (M - |U|·2^(b-1)) · (C/levels · w_cap/count)` with `levels = 2^(b-1) - 1` and `count`
/// the opened sum of the capped weights: `Σ min(n_i, w_cap)·x_i / Σ min(n_i, w_cap)`.
///
/// Error: rounding of the mean has a standard deviation of at most `C/levels / (2·√|U|·mean(w~))`,
/// plus one float32 rounding.
///
/// Checks of every sum: `|U| ≤ count ≤ |U|·w_cap`; the ones add up to |U|; a parameter's sum lies
/// in `[|U|, |U|·(2^b - 1)]`; reserved and padding slots are 0. They find faults; a malicious
/// client stays within them.
///
/// After [#begin] the object is immutable and may be shared by threads.
public final class Dequantiser {
  /// Sums that are checked and then decoded while they are in the first-level cache.
  private static final int TILE = 1024;

  private final AggregationParameters parameters;
  private final int clients;
  private final int weightCap;
  private long count;

  /// @param clients |U|, in [1, n_max]
  /// @param weightCap that of the clients
  public Dequantiser(AggregationParameters parameters, int clients, int weightCap) {
    parameters.requireClients(clients);
    parameters.requireWeightCap(weightCap);
    this.parameters = parameters;
    this.clients = clients;
    this.weightCap = weightCap;
  }

  /// Reads the reserved slots of block 0; comes before any [#dequantise].
  ///
  /// @param slotSums all slot sums of block 0
  /// @throws InconsistentSum if the count or the ones cannot come from |U| honest clients
  public void begin(long[] slotSums) {
    Require.equal("slot sums", slotSums.length, parameters.valuesPerBlock());
    long opened = slotSums[0];
    if (opened < clients || opened > (long) clients * weightCap) {
      throw new InconsistentSum(
          "count: "
              + opened
              + " (expected: "
              + clients
              + " to "
              + (long) clients * weightCap
              + ", clients to clients * weight_cap)");
    }
    requireSum("ones", slotSums[parameters.onesSlot()], clients);
    for (int f = 2; f < parameters.fields(); f++) {
      requireSum("reserved field " + f, slotSums[f * parameters.degree()], 0);
    }
    count = opened;
  }

  /// The opened sum of the capped weights.
  ///
  /// @throws IllegalStateException before [#begin]
  public long count() {
    if (count == 0) {
      throw new IllegalStateException("count: unknown (expected: begin(block 0) before)");
    }
    return count;
  }

  /// Decodes one block.
  ///
  /// @param block number in the segment
  /// @param slotSums `valuesPerBlock()` sums; not modified
  /// @param clip as given to the quantiser; not modified
  /// @param parametersInBlock in [0, capacity(block)]
  /// @param mean receives the means in [0, parametersInBlock)
  /// @throws InconsistentSum if a sum is out of range or padding is not 0
  public void dequantise(
      long block, long[] slotSums, float[] clip, int parametersInBlock, float[] mean) {
    parameters.requireCount(block, parametersInBlock, mean, clip);
    Require.equal("slot sums", slotSums.length, parameters.valuesPerBlock());
    double scale = (double) weightCap / count();
    int first = parameters.firstCoefficient(block);
    int width = parameters.degree() - first;
    for (int field = 0; field < parameters.fields(); field++) {
      int from = Math.min(field * width, parametersInBlock);
      int to = Math.min(from + width, parametersInBlock);
      int slot = field * parameters.degree() + first;
      requireRange(slotSums, slot + to - from, slot + width, 0, 0);
      decode(slotSums, slot - from, clip, from, to, scale, mean);
    }
  }

  private void decode(
      long[] sums, int shift, float[] clip, int from, int to, double scale, float[] mean) {
    int levels = (1 << (parameters.valueBits() - 1)) - 1;
    long offset = (long) clients << (parameters.valueBits() - 1);
    for (int start = from; start < to; ) {
      int limit = Math.min(to, start + TILE);
      int equal = Arrays.mismatch(clip, start, limit - 1, clip, start + 1, limit);
      int end = equal < 0 ? limit : start + equal + 1;
      requireRange(sums, start + shift, end + shift, clients, maxSum());
      decode(sums, shift, start, end, offset, clip[start] / (double) levels * scale, mean);
      start = end;
    }
  }

  /// Sums have at most 48 bits, so they are exact as doubles.
  private static void decode(
      long[] sums, int shift, int from, int to, long offset, double factor, float[] mean) {
    for (int i = from; i < to; i++) {
      mean[i] = (float) ((sums[i + shift] - offset) * factor);
    }
  }

  private long maxSum() {
    return (long) clients * ((1L << parameters.valueBits()) - 1);
  }

  private static void requireRange(long[] sums, int from, int to, long least, long most) {
    long excess = 0;
    for (int j = from; j < to; j++) {
      excess |= (sums[j] - least) | (most - sums[j]);
    }
    if (excess >= 0) {
      return;
    }
    for (int j = from; j < to; j++) {
      if (sums[j] < least || sums[j] > most) {
        throw new InconsistentSum(
            "slot " + j + ": sum " + sums[j] + " (expected: " + least + " to " + most + ")");
      }
    }
  }

  private static void requireSum(String what, long sum, long expected) {
    if (sum != expected) {
      throw new InconsistentSum(what + ": sum " + sum + " (expected: " + expected + ")");
    }
  }
}
