package ai.cifer.homocryption.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The sum that opens is, bit for bit, the sum of what was masked.
class AggregationPropertyTest {
  @Provide
  Arbitrary<AggregationParameters> rows() {
    return Arbitraries.of(AggregationParameters.all());
  }

  @Property(tries = 26)
  void opensToTheSumOfTheSlots(
      @ForAll("rows") AggregationParameters parameters,
      @ForAll @IntRange(min = 1, max = 5) int clients,
      @ForAll @IntRange(min = 0, max = AggregationParameters.MAX_BLOCKS - 1) int block,
      @ForAll long seed) {
    assertThat(SchemeCheck.opensToThePlainSum(parameters, clients, block, seed)).isTrue();
  }

  /// n_max clients at both corners of the exactness proof, for every row: every error 127 with
  /// every value 2^b - 1, and every error -127 with every value 0.
  @Test
  void opensExactlyInTheWorstCase() {
    for (AggregationParameters parameters : AggregationParameters.all()) {
      if (parameters.maxClients() <= 4096) {
        corners(parameters);
      }
    }
  }

  @Test
  @Tag("slow")
  void opensExactlyInTheWorstCaseOf65536Clients() {
    corners(AggregationParameters.K4_N65536);
  }

  private static void corners(AggregationParameters parameters) {
    int bound = AggregationParameters.NOISE_BOUND;
    int most = (1 << parameters.valueBits()) - 1;
    assertThat(SchemeCheck.opensCorner(parameters, bound, most)).as("%s", parameters).isTrue();
    assertThat(SchemeCheck.opensCorner(parameters, -bound, 0)).as("%s", parameters).isTrue();
  }
}
