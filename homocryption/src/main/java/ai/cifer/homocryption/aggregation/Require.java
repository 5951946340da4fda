package ai.cifer.homocryption.aggregation;

/// Argument checks whose messages name the fact, the value and what was expected. A message is
/// built only on failure, so that checks on hot paths do not allocate.
final class Require {
  private Require() {}

  /// @param expected a constant
  static void that(boolean holds, String fact, long value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(fact + ": " + value + " (expected: " + expected + ")");
    }
  }

  static void range(String fact, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          fact + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }

  static void equal(String fact, long value, long expected) {
    if (value != expected) {
      throw new IllegalArgumentException(fact + ": " + value + " (expected: " + expected + ")");
    }
  }
}
