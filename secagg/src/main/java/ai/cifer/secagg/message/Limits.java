package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.plan.AggregationPlan;
import java.util.List;
import java.util.function.Function;

/// Caps and checks that several messages share.
final class Limits {
  static final int MAX_PARTICIPANTS = 1 << 16;
  static final int MAX_HELPERS = 1024;
  static final int MAX_CERTIFICATE_BYTES = 1 << 14;
  static final int MAX_COEFFICIENTS = 1 << 13;
  static final int MAX_SEGMENTS = AggregationPlan.MAX_SEGMENTS;

  /// The fewest bytes of a name: its length and one character.
  static final int MIN_NAME_BYTES = Integer.BYTES + 1;

  private Limits() {}

  static void hash(Bytes value) {
    length("hash", value, Hashing.BYTES);
  }

  static void length(String fact, Bytes value, int expected) {
    if (value.length() != expected) {
      throw new IllegalArgumentException(
          "%s: %d bytes (expected: %d)".formatted(fact, value.length(), expected));
    }
  }

  static void atMost(String fact, long value, long max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException("%s: %d (expected: 0 to %d)".formatted(fact, value, max));
    }
  }

  static void place(int segment, int attempt) {
    atMost("segment", segment, MAX_SEGMENTS - 1);
    atMost("attempt", attempt, Integer.MAX_VALUE);
  }

  /// One order only, and no name twice.
  static <T> List<T> sorted(List<T> elements, Function<T, String> name) {
    List<T> copy = List.copyOf(elements);
    for (int i = 1; i < copy.size(); i++) {
      if (name.apply(copy.get(i - 1)).compareTo(name.apply(copy.get(i))) >= 0) {
        throw new IllegalArgumentException(
            "name: %s after %s (expected: strictly ascending names)"
                .formatted(name.apply(copy.get(i)), name.apply(copy.get(i - 1))));
      }
    }
    return copy;
  }
}
