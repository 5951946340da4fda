package ai.cifer.homocryption.kernel;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/// Indices of the lane movements of [VectorTail] and [VectorHead], for the lanes in use.
///
/// Longs, not shuffles: the select of a long vector takes its index as it is.
final class LaneOrders {
  private static final VectorSpecies<Long> LONGS = VectorArithmetic.LANES.withLanes(long.class);
  private static final int COUNT = LONGS.length();

  /// Exchange at distance d: the lanes without bit d of both vectors, and those with it. It undoes
  /// itself. A distance that the vectors do not have is not used.
  static final LongVector LOW_4 = low(4);

  static final LongVector HIGH_4 = high(4);
  static final LongVector LOW_2 = low(2);
  static final LongVector HIGH_2 = high(2);
  static final LongVector LOW_1 = low(1);
  static final LongVector HIGH_1 = high(1);

  /// Each lane d times.
  static final LongVector EACH_4 = order(i -> i / 4);

  static final LongVector EACH_2 = order(i -> i / 2);

  /// Evens and odds to natural order.
  static final LongVector MERGED_FIRST = order(i -> i / 2 + i % 2 * COUNT);

  static final LongVector MERGED_SECOND = order(i -> (COUNT + i) / 2 + i % 2 * COUNT);

  /// Natural order to evens and odds.
  static final LongVector EVENS = order(i -> 2 * i);

  static final LongVector ODDS = order(i -> 2 * i + 1);

  private LaneOrders() {}

  private static LongVector low(int distance) {
    return order(i -> (i & distance) == 0 ? i : COUNT + i - distance);
  }

  private static LongVector high(int distance) {
    return order(i -> (i & distance) == 0 ? (i + distance) % COUNT : COUNT + i);
  }

  private static LongVector order(java.util.function.IntUnaryOperator lane) {
    long[] lanes = new long[COUNT];
    for (int i = 0; i < COUNT; i++) {
      lanes[i] = lane.applyAsInt(i);
    }
    return LongVector.fromArray(LONGS, lanes, 0);
  }
}
