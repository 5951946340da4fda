package ai.cifer.homocryption.aggregation;

import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.kernel.MaskingKernel;
import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import java.util.Arrays;

/// Turns a float update into the unsigned slot values of blocks, with unbiased rounding.
///
/// With `levels = 2^(b-1) - 1`, `w~ = min(n, w_cap)/w_cap` and a clip C for each parameter:
///
/// ```
/// factor = ((double) min(n, w_cap) / w_cap) * levels / C        in this order, in float64
/// v      = floor(fma(clip(x, -C, C), factor, ξ))                ξ = 24-bit integer * 2^-24
/// slot   = clamp(v, -levels, levels) + 2^(b-1)                  in [1, 2^b - 1]
/// ```
///
/// `E[v] = x·factor` up to 2^-24 of a step. ξ of slot t is the little-endian integer of bytes `3t
/// .. 3t+2` of the ROUNDING stream of the block (see [AesCtrStream]). The seed belongs to (client,
/// round, segment) and not to an attempt, so that a retry quantises to the same bytes.
///
/// Layout: parameter i of a block goes to field `i / width`, coefficient `first + i % width`, slot
/// `field·N + coefficient`. In block 0 `first` is 1 (2 if there is one field only) and `width` is N
/// less that; elsewhere `first = 0`. Block 0 also carries `min(n, w_cap)` in slot 0 and the
/// constant 1 in field 1 of coefficient 0 (coefficient 1 if there is one field only). All other
/// slots are 0.
///
/// Not thread-safe; reuses one buffer.
public final class Quantiser implements AutoCloseable {
  private final AggregationParameters parameters;
  private final AesCtrStream stream;
  private final MaskingKernel kernel = KernelProvider.chosen().masking();
  private final int randomBytes;
  private final byte[] random;
  private final int cappedWeight;
  private final double weightFraction;

  /// @param roundingSeed 32 secret bytes of (client, round, segment), equal in all attempts
  /// @param weight the client's number of examples, ≥ 1
  /// @param weightCap in [1, 2^b - 1], equal for all clients
  public Quantiser(
      AggregationParameters parameters, byte[] roundingSeed, int weight, int weightCap) {
    parameters.requireWeightCap(weightCap);
    Require.range("weight", weight, 1, Integer.MAX_VALUE);
    this.parameters = parameters;
    this.stream = new AesCtrStream(roundingSeed);
    this.randomBytes = 3 * parameters.valuesPerBlock();
    this.random = new byte[randomBytes + MaskingKernel.PADDING];
    this.cappedWeight = Math.min(weight, weightCap);
    this.weightFraction = (double) cappedWeight / weightCap;
  }

  /// Quantises one block.
  ///
  /// @param block number in the segment
  /// @param update the block's parameters in [0, count); not modified
  /// @param clip the clip of each parameter, finite and > 0; not modified
  /// @param count in [0, capacity(block)]
  /// @param slots receives all `valuesPerBlock()` slots
  /// @throws NonFiniteValue if an element of the update is NaN or infinite
  public void quantise(long block, float[] update, float[] clip, int count, int[] slots) {
    parameters.requireCount(block, count, update, clip);
    Require.equal("slots", slots.length, parameters.valuesPerBlock());
    stream.start(Purpose.ROUNDING, 0, block);
    stream.read(random, randomBytes);
    Arrays.fill(slots, 0);
    int first = parameters.firstCoefficient(block);
    int width = parameters.degree() - first;
    int nonFinite = 0;
    for (int from = 0, field = 0; from < count; from += width, field++) {
      int to = Math.min(from + width, count);
      int slot = field * parameters.degree() + first;
      nonFinite |= quantiseField(update, clip, from, to, slot - from, slots);
    }
    if (nonFinite < 0) {
      throw firstNonFinite(block, update, count);
    }
    if (block == 0) {
      slots[0] = cappedWeight;
      slots[parameters.onesSlot()] = 1;
    }
  }

  /// Quantises parameters [from, to) of one field, run by run of equal clips.
  private int quantiseField(
      float[] update, float[] clip, int from, int to, int shift, int[] slots) {
    int levels = (1 << (parameters.valueBits() - 1)) - 1;
    int nonFinite = 0;
    for (int start = from; start < to; ) {
      float bound = clip[start];
      if (!(bound > 0 && bound < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "clip[" + start + "]: " + bound + " (expected: finite and > 0)");
      }
      int equal = Arrays.mismatch(clip, start, to - 1, clip, start + 1, to);
      int end = equal < 0 ? to : start + equal + 1;
      double factor = weightFraction * levels / bound;
      nonFinite |= kernel.quantise(update, start, end, shift, bound, factor, levels, random, slots);
      start = end;
    }
    return nonFinite;
  }

  private NonFiniteValue firstNonFinite(long block, float[] update, int count) {
    int first = firstNonFinite(update, count);
    return new NonFiniteValue(parameters.parametersBefore(block) + first, update[first]);
  }

  /// Looks for values that cannot be quantised, without a branch on each.
  ///
  /// @param count in [0, values.length]
  /// @return the index of the first NaN or infinity, or -1
  public static int firstNonFinite(float[] values, int count) {
    if (KernelProvider.chosen().masking().finite(values, count)) {
      return -1;
    }
    int first = 0;
    while (Float.isFinite(values[first])) {
      first++;
    }
    return first;
  }

  /// Forgets the rounding seed.
  @Override
  public void close() {
    stream.close();
    Arrays.fill(random, (byte) 0);
  }
}
