package ai.cifer.homocryption.aggregation;

import java.util.Arrays;

/// The sum of slot values without encryption, for the plain quantised mode: the same integers that
/// [BlockOpener] gives.
///
/// Not thread-safe; reuse one object with [#clear()].
public final class SlotSum {
  private final AggregationParameters parameters;
  private final long[] sums;
  private int count;

  public SlotSum(AggregationParameters parameters) {
    this.parameters = parameters;
    this.sums = new long[parameters.valuesPerBlock()];
  }

  /// Adds one client's slots; refused slots leave the sum as it was.
  ///
  /// @param slots `valuesPerBlock()` values in [0, 2^b)
  /// @throws IllegalArgumentException if the length or a value is out of range
  /// @throws IllegalStateException if `n_max` clients are in the sum already
  public void add(int[] slots) {
    Require.equal("slots", slots.length, sums.length);
    int union = 0;
    for (int slot : slots) {
      union |= slot;
    }
    parameters.requireSlots(union);
    if (count == parameters.maxClients()) {
      throw new IllegalStateException(
          "clients: " + (count + 1L) + " (expected: <= n_max = " + parameters.maxClients() + ")");
    }
    for (int j = 0; j < sums.length; j++) {
      sums[j] += slots[j];
    }
    count++;
  }

  /// Clients in the sum.
  public int count() {
    return count;
  }

  /// Copies the sums.
  ///
  /// @param out exactly `valuesPerBlock()` elements
  public void copySums(long[] out) {
    Require.equal("slot sums", out.length, sums.length);
    System.arraycopy(sums, 0, out, 0, sums.length);
  }

  /// Back to the empty sum.
  public void clear() {
    Arrays.fill(sums, 0);
    count = 0;
  }
}
