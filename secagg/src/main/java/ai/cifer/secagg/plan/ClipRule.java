package ai.cifer.secagg.plan;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How the coordinator chooses the clip of each tensor, round by round. The clips that come out are
/// in the [AggregationPlan] and so in the context of the round.
///
/// @param first the clips of the first round
/// @param quantile how those of later rounds follow from the last certified aggregate; empty if
///   they stay
public record ClipRule(ClipTable first, Optional<Quantile> quantile) {
  /// `clip = factor · quantile of the magnitudes of the tensor in the last certified aggregate`.
  ///
  /// The mean over clients is smaller than single updates, in the worst case by their number: that
  /// is what the factor makes up for. It is at least 1, so that clips grow again when updates do:
  /// where most values are cut, the aggregate reaches the clip itself.
  ///
  /// @param share of the values that are not larger, in (0, 1]
  /// @param factor 1 to [#MAX_FACTOR]
  public record Quantile(double share, double factor) {
    /// The factor where nothing else is said.
    public static final double USUAL_FACTOR = 4;

    /// The largest factor.
    public static final double MAX_FACTOR = 1e6;

    public Quantile {
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException(
            "quantile: %s (expected: > 0 and <= 1)".formatted(share));
      }
      if (!(factor >= 1 && factor <= MAX_FACTOR)) {
        throw new IllegalArgumentException(
            "factor: %s (expected: 1 to %.0f)".formatted(factor, MAX_FACTOR));
      }
    }
  }

  /// The same clips in every round.
  public static ClipRule fixed(ClipTable clips) {
    return new ClipRule(clips, Optional.empty());
  }

  /// The clips of the first round.
  ///
  /// @throws IllegalArgumentException if the table does not fit the model
  public List<Float> begin(ModelLayout layout) {
    return first.clips(layout);
  }

  /// The clips of the round after one whose certified aggregate is `mean`. The same aggregate gives
  /// the same clips on every machine.
  ///
  /// A tensor whose quantile is 0 keeps its clip: an aggregate of zeros, of a layer that was not
  /// trained or in a round that changed nothing, says nothing about the next update.
  ///
  /// @param clips of that round
  public List<Float> next(List<Float> clips, Tensors mean) {
    if (quantile.isEmpty()) {
      return clips;
    }
    MagnitudeHistogram histogram = new MagnitudeHistogram();
    List<Float> next = new ArrayList<>();
    for (int tensor = 0; tensor < clips.size(); tensor++) {
      double largest = histogram.quantile(mean, tensor, quantile.get().share());
      double clip = Math.min(Float.MAX_VALUE, quantile.get().factor() * largest);
      next.add(largest == 0 ? clips.get(tensor) : (Float) (float) clip);
    }
    return next;
  }
}
