package ai.cifer.fedlearn.round;

/// What a round needs before it may go on, fixed when it begins.
///
/// @param round its number in the run, from 1
/// @param clients participants with data: at least `min` must be in every cohort
/// @param helpers holders of shares, who may be the clients themselves: the round opens with `min`
///   to `max` of them; `0 to 0` when updates are not encrypted
/// @param quorum how many of those with whom it opened must sign a cohort and reveal
/// @param segments into how many segments the model is cut, >= 1
/// @param attempts how often a segment may be tried, >= 1
public record RoundPlan(
    int round, Bounds clients, Bounds helpers, Quorum quorum, int segments, int attempts) {
  public RoundPlan {
    if (round < 1) {
      throw new IllegalArgumentException("round: %d (expected: >= 1)".formatted(round));
    }
    if (clients.min() < 1) {
      throw new IllegalArgumentException(
          "min_clients: %d (expected: >= 1)".formatted(clients.min()));
    }
    if (helpers.max() > 0 && helpers.min() < 1) {
      throw new IllegalArgumentException(
          "helpers needed: %d (expected: >= 1)".formatted(helpers.min()));
    }
    if (segments < 1) {
      throw new IllegalArgumentException("segments: %d (expected: >= 1)".formatted(segments));
    }
    if (attempts < 1) {
      throw new IllegalArgumentException("max_attempts: %d (expected: >= 1)".formatted(attempts));
    }
  }

  /// Whether sums are opened with the help of share holders.
  public boolean encrypted() {
    return helpers.max() > 0;
  }
}
