package ai.cifer.simulation;

/// What goes wrong with clients.
///
/// @param dropout the share of sampled clients whose process ends in the round, at a random
///   [Fate.Moment]; 0 to below 1
/// @param delays how long clients need
/// @param deadlineSeconds of whoever needs longer the update is not in the sum; infinite for no
///   deadline
public record Failures(double dropout, Delays delays, double deadlineSeconds) {

  /// Nothing.
  public static final Failures NONE = new Failures(0, Delays.NONE, Double.POSITIVE_INFINITY);

  public Failures {
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          "dropout: %s (expected: 0 to below 1, the share of sampled clients that are lost)"
              .formatted(dropout));
    }
    if (!(deadlineSeconds > 0)) {
      throw new IllegalArgumentException(
          "deadline: %s (expected: simulated seconds, > 0)".formatted(deadlineSeconds));
    }
  }
}
