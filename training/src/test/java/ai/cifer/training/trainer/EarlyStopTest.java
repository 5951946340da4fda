package ai.cifer.training.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EarlyStopTest {

  private static int epochs(int patience, double... losses) {
    EarlyStop stop = new EarlyStop(patience);
    int done = 0;
    for (double loss : losses) {
      if (stop.isOver()) {
        break;
      }
      // The mean counts: two batches of different sizes.
      stop.add(loss + 1, 1);
      stop.add(loss - 0.5, 2);
      stop.endEpoch();
      done++;
    }
    return done;
  }

  @Test
  void endsAfterSoManyEpochsWithoutASmallerLoss() {
    assertThat(epochs(2, 5, 4, 4.1, 4.2, 3)).isEqualTo(4);
    assertThat(epochs(1, 5, 5, 4)).isEqualTo(2);
  }

  @Test
  void aSmallerLossBeginsTheCountAnew() {
    assertThat(epochs(2, 5, 6, 4, 5, 3, 4, 5, 1)).isEqualTo(7);
  }

  @Test
  void aLossThatIsNoNumberIsNotSmaller() {
    assertThat(epochs(2, 5, Double.NaN, Double.NaN, 1)).isEqualTo(3);
  }

  @Test
  void withoutPatienceItNeverEnds() {
    assertThat(epochs(0, 1, 2, 3, 4, 5)).isEqualTo(5);
    assertThat(new EarlyStop(0).isAsked()).isFalse();
  }
}
