package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Preprocessing.ImputeMean;
import ai.cifer.fedlearn.train.Preprocessing.Standardize;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.aggregation.Dequantiser;
import ai.cifer.homocryption.aggregation.Quantiser;
import ai.cifer.training.data.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/// What clients measure one by one, added up as in an encrypted sum, is what the pooled data say.
class StatisticsPropertyTest {

  private static final AggregationParameters PROFILE = AggregationParameters.K2_N256;
  private static final double LOW = -20;
  private static final double HIGH = 180;

  /// @param missing share of the column `b`
  @Property(tries = 60)
  void statisticsOfAllClients_areThoseOfThePooledData(
      @ForAll @IntRange(min = 1, max = 9) int clients,
      @ForAll @IntRange(min = 1, max = 300) int mostRows,
      @ForAll @DoubleRange(min = 0, max = 0.8) double missing,
      @ForAll long seed)
      throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    Path folder = Files.createTempDirectory("statistics");
    List<double[]> pooled = new ArrayList<>();
    List<Table> tables = new ArrayList<>();
    int most = 0;
    for (int client = 0; client < clients; client++) {
      int rows = random.nextInt(1, mostRows + 1);
      most = Math.max(most, rows);
      StringBuilder csv = new StringBuilder("a,b,label\n");
      for (int row = 0; row < rows; row++) {
        double a = 60 + 40 * random.nextGaussian();
        // The first is there, so that no column is without values.
        boolean has = pooled.isEmpty() || random.nextDouble() >= missing;
        double b = has ? 30 * random.nextExponential() : Double.NaN;
        pooled.add(new double[] {(float) a, has ? (float) b : Double.NaN});
        csv.append(
            String.format(Locale.ROOT, "%s,%s,%d%n", (float) a, has ? (float) b : "", row % 2));
      }
      Path file = Files.writeString(folder.resolve(client + ".csv"), csv);
      tables.add(Table.open(file, Split.TRAIN));
    }

    Preprocessing steps =
        new Preprocessing(
            List.of(
                new ImputeMean(List.of("b"), LOW, HIGH, List.of()),
                new Standardize(List.of("a", "b"), LOW, HIGH, List.of(), List.of())));
    Preprocessing resolved = measured(steps, tables, most, seed);
    tables.forEach(Table::close);

    long rows = pooled.size();
    double[] a = pooled.stream().mapToDouble(row -> Math.clamp(row[0], LOW, HIGH)).toArray();
    double[] there =
        pooled.stream()
            .filter(row -> !Double.isNaN(row[1]))
            .mapToDouble(row -> Math.clamp(row[1], LOW, HIGH))
            .toArray();
    double filling = mean(there);
    double[] b =
        pooled.stream()
            .mapToDouble(row -> Double.isNaN(row[1]) ? filling : Math.clamp(row[1], LOW, HIGH))
            .toArray();

    // Each client is off by a step at most, and the sum is divided by all examples.
    double half = (HIGH - LOW) / 2;
    double bound = clients * (double) most / rows / ((1 << (PROFILE.valueBits() - 1)) - 1);
    double share = (double) there.length / rows;
    ImputeMean impute = (ImputeMean) resolved.steps().get(0);
    double fillingBound = half * 2 * bound / (share - bound) + 1e-4;
    assertThat((double) impute.means().getFirst()).isCloseTo(filling, within(fillingBound));
    Standardize standardize = (Standardize) resolved.steps().get(1);
    double meanBound = half * 2 * bound / (1 - bound) + 1e-4;
    assertThat((double) standardize.means().get(0)).isCloseTo(mean(a), within(meanBound));
    assertThat((double) standardize.means().get(1))
        .isCloseTo(mean(b), within(meanBound + fillingBound));
    requireDeviation(standardize.deviations().get(0), deviation(a), bound, half, meanBound);
    requireDeviation(
        standardize.deviations().get(1), deviation(b), bound, half, meanBound + 2 * fillingBound);
  }

  /// Squares are off by a step for each client, on the scale of `(2 * half)^2`, and are taken about
  /// a mean that is off, too.
  private static void requireDeviation(
      double found, double expected, double bound, double half, double meanBound) {
    double squares = 4 * half * half * 2 * bound / (1 - bound) + 4 * half * meanBound;
    double scale = 2 * half * 0x1p-9;
    if (expected * expected + squares >= scale * scale && found == (float) half) {
      assertThat(expected * expected - squares).isLessThan(scale * scale);
    } else {
      assertThat(found * found).isCloseTo(expected * expected, within(squares));
    }
  }

  private static Preprocessing measured(
      Preprocessing steps, List<Table> tables, int weightCap, long seed) throws Exception {
    Statistics statistics = Statistics.of(steps, Statistics.namedWidths(steps));
    int values = (int) statistics.layout().parameters();
    float[] clips = new float[values];
    Arrays.fill(clips, Statistics.CLIP);
    try (Tensors so = Tensors.allocate(statistics.layout())) {
      for (int wave = 1; wave <= statistics.waves(); wave++) {
        long[] sums = new long[PROFILE.valuesPerBlock()];
        for (int client = 0; client < tables.size(); client++) {
          byte[] rounding = new byte[AggregationParameters.SEED_BYTES];
          new SplittableRandom(seed + client).nextBytes(rounding);
          try (ClientUpdate update =
                  tables.get(client).measured(steps, so, wave, Trainer.Progress.NONE);
              Quantiser quantiser =
                  new Quantiser(PROFILE, rounding, (int) update.examples(), weightCap)) {
            float[] delta = new float[values];
            update.delta().read(0, delta, values);
            int[] slots = new int[PROFILE.valuesPerBlock()];
            quantiser.quantise(0, delta, clips, values, slots);
            Arrays.setAll(sums, i -> sums[i] + slots[i]);
          }
        }
        Dequantiser dequantiser = new Dequantiser(PROFILE, tables.size(), weightCap);
        dequantiser.begin(sums);
        float[] mean = new float[values];
        dequantiser.dequantise(0, sums, clips, values, mean);
        for (int tensor : statistics.measured(wave)) {
          long at = statistics.layout().offset(tensor);
          int size = (int) statistics.layout().tensors().get(tensor).size();
          so.write(at, Arrays.copyOfRange(mean, (int) at, (int) at + size), size);
        }
      }
      return statistics.resolved(so);
    }
  }

  private static double mean(double[] values) {
    return DoubleStream.of(values).average().orElseThrow();
  }

  private static double deviation(double[] values) {
    double mean = mean(values);
    return Math.sqrt(
        DoubleStream.of(values).map(value -> (value - mean) * (value - mean)).average().orElse(0));
  }
}
