package ai.cifer.training.data;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One participant's part of a wave of [Statistics].
final class Measurement {

  private final Rows rows;
  private final Split split;
  private final Statistics statistics;
  private final Tensors before;
  private final int wave;

  Measurement(Rows rows, Split split, Preprocessing steps, Tensors before, int wave)
      throws TrainingException {
    this.rows = rows;
    this.split = split;
    this.before = before;
    this.wave = wave;
    try {
      statistics = Statistics.of(steps, before.layout());
      statistics.requireUnmeasured(before, wave);
    } catch (IllegalArgumentException unfit) {
      throw new TrainingException(String.valueOf(unfit.getMessage()), unfit);
    }
    List<Integer> own = widths(rows, steps);
    List<Integer> asked = statistics.parts().stream().map(Statistics.Part::width).toList();
    if (!own.equals(asked)) {
      throw new TrainingException(
          "statistics: %s values an example (expected: %s, as the coordinator says; columns of several values need dataset_path in its file)"
              .formatted(own, asked));
    }
  }

  /// How many values of an example each of the steps changes that have no constants yet.
  static List<Integer> widths(Rows rows, Preprocessing steps) throws TrainingException {
    List<Integer> widths = new ArrayList<>();
    List<Preprocessing.Step> missing = Statistics.missing(steps);
    List<Preprocessing.Step> earlier = new ArrayList<>();
    for (Preprocessing.Step step : steps.steps()) {
      if (!missing.contains(step)) {
        earlier.add(step);
        continue;
      }
      Plan plan = new Plan(rows, new Preprocessing(withLabel(earlier, steps)));
      widths.add(
          Plan.width(
              plan.numbers(
                  switch (step) {
                    case Preprocessing.ImputeMean impute -> impute.columns();
                    case Preprocessing.Standardize standardize -> standardize.columns();
                    case Preprocessing.Step _ -> List.of();
                  })));
    }
    return widths;
  }

  /// The column of the label is no feature, wherever the step stands that names it.
  private static List<Preprocessing.Step> withLabel(
      List<Preprocessing.Step> earlier, Preprocessing steps) {
    List<Preprocessing.Step> all = new ArrayList<>(earlier);
    for (Preprocessing.Step step : steps.steps()) {
      boolean names =
          step instanceof Preprocessing.Label || step instanceof Preprocessing.Regression;
      if (names && !earlier.contains(step)) {
        all.add(step);
      }
    }
    return all;
  }

  /// Reads all examples once for each step that is measured.
  ClientUpdate update(Trainer.Progress progress) throws TrainingException {
    Tensors delta = Tensors.allocate(statistics.layout());
    try {
      long examples = 0;
      for (Statistics.Part part : statistics.parts()) {
        if (part.wave() == wave) {
          examples = measure(part, null, delta, progress);
        } else if (part.squares() && part.wave() + 1 == wave) {
          examples = measure(part, statistics.scaledMeans(part, before), delta, progress);
        }
      }
      return new ClientUpdate(delta, examples);
    } catch (IllegalArgumentException unfit) {
      delta.close();
      throw new TrainingException(String.valueOf(unfit.getMessage()), unfit);
    } catch (TrainingException | RuntimeException failure) {
      delta.close();
      throw failure;
    }
  }

  /// @param means what squares are taken about; null for sums
  /// @return how many examples there are
  private long measure(
      Statistics.Part part, double @Nullable [] means, Tensors delta, Trainer.Progress progress)
      throws TrainingException {
    Plan plan = new Plan(rows, statistics.before(part, before));
    List<Feature> features = plan.numbers(part.columns());
    @Nullable Order chosen = Examples.chosen(rows, plan, split);
    long examples = chosen == null ? rows.size() : chosen.size();
    long[] present = new long[part.width()];
    double[] sums = new double[part.width()];
    float[] values = new float[part.width()];
    for (long example = 0; example < examples; example++) {
      long row = chosen == null ? example : chosen.get(example);
      int at = 0;
      for (Feature feature : features) {
        feature.read(rows, row, values, at);
        at += feature.width();
      }
      for (int i = 0; i < values.length; i++) {
        if (!Float.isNaN(values[i])) {
          double scaled = part.scaled(values[i]);
          present[i]++;
          sums[i] += means == null ? scaled : square((scaled - means[i]) / 2);
        }
      }
      progress.at(example + 1, examples);
    }
    int tensor = statistics.firstTensor(part) + (means == null ? 0 : 2);
    write(delta, tensor, shares(present, examples));
    write(delta, tensor + 1, shares(sums, examples));
    return examples;
  }

  private static double square(double value) {
    return value * value;
  }

  private static float[] shares(long[] counts, long examples) {
    float[] shares = new float[counts.length];
    for (int i = 0; i < counts.length; i++) {
      shares[i] = (float) ((double) counts[i] / examples);
    }
    return shares;
  }

  private static float[] shares(double[] sums, long examples) {
    float[] shares = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      shares[i] = (float) (sums[i] / examples);
    }
    return shares;
  }

  private static void write(Tensors delta, int tensor, float[] values) {
    delta.write(delta.layout().offset(tensor), values, values.length);
  }
}
