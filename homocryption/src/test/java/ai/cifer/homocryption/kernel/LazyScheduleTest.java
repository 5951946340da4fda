package ai.cifer.homocryption.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the documentation of the schedule says of its passes.
class LazyScheduleTest {
  private static LazySchedule of(int bits, int degreeBits, int laneBits) {
    return new LazySchedule((double) Tables.prime(bits, 1 << degreeBits), degreeBits, laneBits);
  }

  private static long forward(LazySchedule schedule, int degreeBits, int laneBits) {
    return IntStream.range(0, (degreeBits - laneBits) / 2).filter(schedule::centresForward).count();
  }

  private static long inverse(LazySchedule schedule, int degreeBits, int laneBits) {
    return IntStream.range(0, (degreeBits - laneBits) / 2).filter(schedule::centresInverse).count();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void smallPrimesNeedNoCentring(int laneBits) {
    for (int degreeBits = 8; degreeBits <= 17; degreeBits++) {
      for (int bits : new int[] {30, 40, 48}) {
        LazySchedule schedule = of(bits, degreeBits, laneBits);
        assertThat(forward(schedule, degreeBits, laneBits)).isZero();
        assertThat(schedule.centresTail()).isFalse();
      }
      assertThat(inverse(of(49, degreeBits, laneBits), degreeBits, laneBits)).isZero();
    }
  }

  @Test
  void centringGrowsWithThePrime() {
    assertThat(forward(of(49, 13, 3), 13, 3)).isEqualTo(1);
    LazySchedule largest = of(50, 13, 3);
    assertThat(IntStream.range(0, 5).mapToObj(largest::centresForward))
        .containsExactly(false, false, true, false, true);
    assertThat(largest.centresTail()).isTrue();
    // The head gives p, so the first pass may still multiply differences of four rows.
    assertThat(IntStream.range(0, 5).mapToObj(largest::centresInverse))
        .containsExactly(false, true, true, true, true);
  }

  @Test
  void aPrimeThatIsTooLargeIsRefused() {
    assertThatThrownBy(() -> new LazySchedule(0x1p51, 13, 3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("schedule: beyond 2^52 (expected: a prime below 2^50)");
  }
}
