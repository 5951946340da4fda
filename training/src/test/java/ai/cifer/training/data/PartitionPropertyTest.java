package ai.cifer.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class PartitionPropertyTest {

  @Property(tries = 200)
  void everyExampleBelongsToExactlyOneClient(
      @ForAll @IntRange(min = 40, max = 2000) int examples,
      @ForAll @IntRange(min = 1, max = 10) int clients,
      @ForAll @IntRange(min = 1, max = 4) int minimum,
      @ForAll @DoubleRange(min = 0.01, max = 100) double alpha,
      @ForAll long seed) {
    int[] labels = IntStream.range(0, examples).map(i -> i % 10).toArray();
    Partition partition = Partition.dirichlet(labels, clients, alpha, minimum, seed);
    requireComplete(partition, examples, clients);
    assertThat(partition.clients()).allMatch(part -> part.length >= minimum);
    assertThat(partition.clients())
        .usingRecursiveComparison()
        .isEqualTo(Partition.dirichlet(labels, clients, alpha, minimum, seed).clients());
  }

  @Property(tries = 100)
  void iidPartsDifferByAtMostOne(
      @ForAll @IntRange(min = 10, max = 2000) int examples,
      @ForAll @IntRange(min = 1, max = 10) int clients,
      @ForAll long seed) {
    Partition partition = Partition.iid(examples, clients, seed);
    requireComplete(partition, examples, clients);
    var sizes = partition.clients().stream().mapToInt(part -> part.length).summaryStatistics();
    assertThat(sizes.getMax() - sizes.getMin()).isLessThanOrEqualTo(1);
  }

  private static void requireComplete(Partition partition, int examples, int clients) {
    assertThat(partition.clients()).hasSize(clients);
    int[] all = partition.clients().stream().flatMapToInt(Arrays::stream).sorted().toArray();
    assertThat(all).isEqualTo(IntStream.range(0, examples).toArray());
  }

  @Example
  void anotherSeedGivesAnotherPartition() {
    int[] labels = IntStream.range(0, 1000).map(i -> i % 10).toArray();
    assertThat(Partition.dirichlet(labels, 4, 0.5, 1, 1).clients().getFirst())
        .isNotEqualTo(Partition.dirichlet(labels, 4, 0.5, 1, 2).clients().getFirst());
  }

  @Example
  void tooFewExamplesAreRefused() {
    assertThatThrownBy(() -> Partition.dirichlet(new int[7], 4, 0.5, 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("examples: 7 (expected: >= 8, for 4 clients with at least 2 each)");
    assertThatThrownBy(() -> Partition.dirichlet(new int[7], 4, 0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("alpha: 0.0 (expected: > 0)");
  }

  /// For the symmetric Dirichlet distribution `E p = 1/k` and `Var p = (k - 1) / (k^2 (k alpha +
  /// 1))`. With 20,000 draws the relative standard error of the variance is below 3 %; 12 % is
  /// beyond four of them.
  @Example
  void proportionsHaveTheMomentsOfTheDistribution() {
    for (double alpha : List.of(0.05, 0.5, 1.0, 10.0)) {
      RandomGenerator random = Seeds.generator(11);
      int draws = 20_000;
      int count = 4;
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < draws; i++) {
        double[] proportions = Dirichlet.draw(count, alpha, random);
        assertThat(Arrays.stream(proportions).sum()).isBetween(1 - 1e-12, 1 + 1e-12);
        sum += proportions[0];
        squares += proportions[0] * proportions[0];
      }
      double mean = sum / draws;
      double variance = squares / draws - mean * mean;
      double expected = (count - 1) / (count * count * (count * alpha + 1.0));
      assertThat(mean).as("alpha %s", alpha).isBetween(0.24, 0.26);
      assertThat(variance / expected).as("alpha %s", alpha).isBetween(0.88, 1.12);
    }
  }

  @Property(tries = 100)
  void shardsOfLabels_areAPartitionOfFewClasses(
      @ForAll @IntRange(min = 1, max = 6) int clients, @ForAll long seed) {
    int[] labels = new int[240];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i * 7 % 12;
    }
    Partition partition = Partition.label(labels, clients, seed);
    assertThat(partition.clients().stream().flatMapToInt(Arrays::stream).sorted().toArray())
        .isEqualTo(IntStream.range(0, 240).toArray());
    for (int[] part : partition.clients()) {
      // Two shards of 240 / (2 clients) examples of classes of 20 each: each touches one class
      // more.
      long most = 2L * (Math.ceilDiv(240 / (2 * clients), 20) + 1);
      assertThat(Arrays.stream(part).map(i -> labels[i]).distinct().count())
          .isLessThanOrEqualTo(most);
    }
  }

  @Property(tries = 100)
  void quantities_areAPartition(
      @ForAll @IntRange(min = 1, max = 6) int clients, @ForAll long seed) {
    Partition partition = Partition.quantity(240, clients, 0.5, 4, seed);
    assertThat(partition.clients().stream().flatMapToInt(Arrays::stream).sorted().toArray())
        .isEqualTo(IntStream.range(0, 240).toArray());
    assertThat(partition.clients()).allMatch(part -> part.length >= 4);
  }
}
