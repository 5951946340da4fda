package ai.cifer.homocryption.kernel;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/// An alias table (Walker 1977, construction by Vose 1991) over integer weights that add up to
/// 2^63: a magnitude is drawn by a 7-bit column and a 56-bit fraction, with exactly these weights.
///
/// Column c gives c if the fraction is below `threshold(c)`, else `alias(c)`. Why alias and not
/// inversion: one look-up of a column and one comparison, both in byte lanes, replace a comparison
/// with each of 72 cumulative weights.
///
/// The construction is deterministic, because the bytes of a sample are part of the known answers:
/// columns lighter than 2^56 and the others wait in two queues in ascending order; the first light
/// column is filled up from the first heavy one, which joins the end of the light queue once it is
/// light itself. Immutable.
public final class AliasTable {
  /// Columns of a table; magnitudes are below this.
  public static final int COLUMNS = 128;

  /// Samples that share a group of random bytes, see [MaskingKernel#gaussian].
  public static final int GROUP = 64;

  static final int FRACTION_BYTES = 7;
  static final int FRACTION_BITS = 8 * FRACTION_BYTES;
  private static final long CAPACITY = 1L << FRACTION_BITS;

  /// Byte `p` of every threshold, most significant first: plane p begins at `p·COLUMNS`.
  final byte[] thresholdPlanes = new byte[FRACTION_BYTES * COLUMNS];

  final byte[] aliases = new byte[COLUMNS];

  /// `alias·2^56 + threshold` of each column.
  final long[] entries = new long[COLUMNS];

  /// @param weights of the magnitudes 0, 1, …; at most 128 of them, not negative, their sum 2^63
  public AliasTable(long[] weights) {
    long sum = 0;
    long union = 0;
    for (long weight : weights) {
      sum += weight;
      union |= weight;
    }
    if (weights.length > COLUMNS || union < 0 || sum != Long.MIN_VALUE) {
      throw new IllegalArgumentException(
          "weights: %d of sum %s (expected: at most 128, not negative, of sum 2^63)"
              .formatted(weights.length, Long.toUnsignedString(sum)));
    }
    fill(Arrays.copyOf(weights, COLUMNS));
    for (int column = 0; column < COLUMNS; column++) {
      entries[column] |= (long) aliases[column] << FRACTION_BITS;
      for (int plane = 0; plane < FRACTION_BYTES; plane++) {
        thresholdPlanes[plane * COLUMNS + column] =
            (byte) (entries[column] >>> (FRACTION_BITS - 8 - 8 * plane));
      }
    }
  }

  /// Vose's construction in integers; leaves the thresholds in `entries`. A column that is exactly
  /// full at the end is its own alias, whatever its threshold.
  private void fill(long[] rest) {
    Deque<Integer> light = new ArrayDeque<>();
    Deque<Integer> heavy = new ArrayDeque<>();
    for (int column = 0; column < COLUMNS; column++) {
      aliases[column] = (byte) column;
      (rest[column] < CAPACITY ? light : heavy).add(column);
    }
    while (!light.isEmpty()) {
      int column = light.remove();
      int donor = heavy.element();
      entries[column] = rest[column];
      aliases[column] = (byte) donor;
      rest[donor] -= CAPACITY - rest[column];
      if (rest[donor] < CAPACITY) {
        light.add(heavy.remove());
      }
    }
  }

  /// The fraction below which a column gives itself.
  public long threshold(int column) {
    return entries[column] & (CAPACITY - 1);
  }

  /// What a column gives otherwise.
  public int alias(int column) {
    return aliases[column];
  }
}
