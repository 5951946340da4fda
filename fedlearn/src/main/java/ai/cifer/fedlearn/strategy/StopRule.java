package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.train.Metrics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Ends a run whose model does not get better any more: `patience` rounds in a row without an
/// improvement of more than `minDelta` over the best before them.
///
/// @param metric what is measured on the coordinator's data
/// @param patience rounds without improvement, >= 1
/// @param minDelta what counts as an improvement, >= 0, in the metric's own unit
public record StopRule(Metric metric, int patience, double minDelta) {

  /// Which figure, and which direction is better.
  public enum Metric {
    ACCURACY {
      @Override
      double goodness(Metrics metrics) {
        return metrics.accuracy();
      }
    },
    LOSS {
      @Override
      double goodness(Metrics metrics) {
        return -metrics.loss();
      }
    };

    /// The larger the better.
    abstract double goodness(Metrics metrics);
  }

  public StopRule {
    if (patience < 1) {
      throw new IllegalArgumentException(
          "stop: patience: %d (expected: >= 1 rounds)".formatted(patience));
    }
    if (!(minDelta >= 0) || minDelta == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "stop: min_delta: %s (expected: >= 0)".formatted(minDelta));
    }
  }

  /// Why to stop after these rounds, the first first; empty to go on. A figure that is not a number
  /// is no improvement.
  public Optional<String> reason(List<Metrics> rounds) {
    double best = Double.NEGATIVE_INFINITY;
    int since = 0;
    for (Metrics metrics : rounds) {
      double goodness = metric.goodness(metrics);
      boolean better = goodness > best + minDelta;
      best = better ? goodness : best;
      since = better ? 0 : since + 1;
    }
    return since < patience
        ? Optional.empty()
        : Optional.of(
            "%s did not get better in %d rounds"
                .formatted(metric.name().toLowerCase(Locale.ROOT), since));
  }
}
