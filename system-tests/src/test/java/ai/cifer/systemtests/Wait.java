package ai.cifer.systemtests;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Waits for what another process does.
final class Wait {
  private static final long PAUSE_NANOS = 10_000_000;

  private Wait() {}

  /// Something that is looked at again and again.
  @FunctionalInterface
  interface Condition {
    boolean holds() throws Exception;
  }

  /// Returns as soon as `condition` holds.
  ///
  /// @param what what is waited for, for the message
  /// @throws AssertionError if it does not hold within `limit`
  static void until(String what, Duration limit, Condition condition) {
    long start = System.nanoTime();
    while (true) {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (Exception failure) {
        throw new AssertionError("waiting for " + what, failure);
      }
      if (System.nanoTime() - start > limit.toNanos()) {
        throw new AssertionError("not within %s: %s".formatted(limit, what));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
