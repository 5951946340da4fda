package ai.cifer.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTest {

  private static final Failures SOME = new Failures(0.3, Delays.of("exponential:10"), 15);

  @Property(tries = 200)
  void aSample_isDrawnFromTheSeedAndTheRoundAlone(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 10_000) int round,
      @ForAll @IntRange(min = 1, max = 60) int size,
      @ForAll @IntRange(max = 40) int others) {
    Sample sample = Sample.draw(size + others, size, SOME, seed, round);
    assertThat(sample.fates()).hasSize(size);
    assertThat(sample.fates().keySet())
        .allSatisfy(number -> assertThat(number).isBetween(0, size + others - 1));
    assertThat(Sample.draw(size + others, size, SOME, seed, round)).isEqualTo(sample);
    assertThat(Sample.draw(size + others, size, Failures.NONE, seed, round).fates().keySet())
        .as("whoever is drawn does not depend on what goes wrong")
        .containsExactlyElementsOf(sample.fates().keySet());
  }

  @Test
  void seedsAndRounds_drawOthers() {
    Sample one = Sample.draw(1000, 50, Failures.NONE, 1, 1);
    assertThat(Sample.draw(1000, 50, Failures.NONE, 2, 1)).isNotEqualTo(one);
    assertThat(Sample.draw(1000, 50, Failures.NONE, 1, 2)).isNotEqualTo(one);
  }

  @Test
  void everybody_isDrawnEquallyOften_andAsManyAreLostAsWasSaid() {
    int[] drawn = new int[20];
    List<Fate> fates = new ArrayList<>();
    for (int round = 1; round <= 2000; round++) {
      Sample.draw(20, 10, SOME, 7, round)
          .fates()
          .forEach((number, fate) -> {
            drawn[number]++;
            fates.add(fate);
          });
    }
    for (int count : drawn) {
      // 1000 expected with a deviation of 22; five of them.
      assertThat(count).isBetween(890, 1110);
    }
    double size = fates.size();
    assertThat(fates.stream().filter(fate -> fate.moment().isLost()).count() / size)
        .isCloseTo(0.3, within(0.02));
    for (Fate.Moment moment :
        List.of(
            Fate.Moment.BEFORE_TRAINING, Fate.Moment.WHILE_SENDING, Fate.Moment.AFTER_SENDING)) {
      assertThat(fates.stream().filter(fate -> fate.moment() == moment).count() / size)
          .isCloseTo(0.1, within(0.015));
    }
    // Of those that stay, exp(-15 / 10) need longer than the deadline.
    assertThat(fates.stream().filter(fate -> fate.moment() == Fate.Moment.LATE).count() / size)
        .isCloseTo(0.7 * Math.exp(-1.5), within(0.015));
    assertThat(fates)
        .allSatisfy(fate -> {
          if (fate.moment() == Fate.Moment.STAYS) {
            assertThat(fate.delaySeconds()).isLessThanOrEqualTo(15);
          }
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fixed:2|2|0",
        "uniform:1,5|3|1.1547",
        "exponential:4|4|4",
        // Mean and deviation of a log-normal distribution: m e^(s^2/2), and that times sqrt(e^(s^2)
        // - 1).
        "lognormal:20,0.5|22.6630|12.0778"
      })
  void delays_haveTheirMeanAndDeviation(String words, double mean, double deviation) {
    Delays delays = Delays.of(words);
    assertThat(Delays.of(delays.toString())).isEqualTo(delays);
    SplittableRandom random = new SplittableRandom(3);
    double[] drawn = random.doubles(40_000).map(_ -> delays.draw(random)).toArray();
    double sum = 0;
    double squares = 0;
    for (double each : drawn) {
      sum += each;
      squares += (each - mean) * (each - mean);
    }
    assertThat(sum / drawn.length).isCloseTo(mean, within(0.02 * mean));
    assertThat(Math.sqrt(squares / drawn.length))
        .isCloseTo(deviation, within(0.03 * deviation + 1e-12));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "fixed",
        "fixed:",
        "fixed:1,2",
        "uniform:5",
        "uniform:5,1",
        "normal:1,2",
        "fixed:-1",
        "fixed:1e5",
        "lognormal:.,1",
        "exponential:1:2"
      })
  void otherWords_areRefusedWithTheFactAndTheCure(String words) {
    assertThatThrownBy(() -> Delays.of(words))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: fixed:S, uniform:SHORTEST,LONGEST");
  }

  @Test
  void aRound_lastsUntilTheLastAnswers_orTheDeadline() {
    Failures none = new Failures(0, Delays.of("uniform:1,5"), Double.POSITIVE_INFINITY);
    Sample all = Sample.draw(10, 10, none, 1, 1);
    double longest =
        all.fates().values().stream().mapToDouble(Fate::delaySeconds).max().orElseThrow();
    assertThat(all.seconds(none)).isEqualTo(longest);
    Failures late = new Failures(0, Delays.of("uniform:1,5"), 2);
    assertThat(Sample.draw(10, 10, late, 1, 1).seconds(late)).isEqualTo(2);
  }

  @Test
  void shares_areShares() {
    assertThatThrownBy(() -> new Failures(1, Delays.NONE, 1))
        .hasMessage(
            "dropout: 1.0 (expected: 0 to below 1, the share of sampled clients that are lost)");
    assertThatThrownBy(() -> new Failures(0, Delays.NONE, 0))
        .hasMessage("deadline: 0.0 (expected: simulated seconds, > 0)");
  }
}
