package ai.cifer.fedlearn.round;

/// What a round needs before it may go on, fixed when it begins.
///
/// @param round its number in the run, from 1
/// @param clients participants with data: at least `min` must be in every cohort
/// @param helpers holders of shares, who may be the clients themselves: the round opens with `min`
///   to `max` of them; `0 to 0` when updates are not encrypted
/// @param quorum how many of those with whom it opened must sign a cohort and reveal
/// @param sample how many of those who came together help at most; if more did, they draw them
/// @param segments into how many segments the model is cut, >= 1
/// @param attempts how often a segment may be tried, >= 1
/// @param dispensable how many segments, from the first, the round goes on without where they fail
///   for good, as long as one is opened; 0 where every failure ends it
public record RoundPlan(
    int round,
    Bounds clients,
    Bounds helpers,
    Quorum quorum,
    int sample,
    int segments,
    int attempts,
    int dispensable) {

  /// So many draws of one round may fail because somebody left in the middle.
  public static final int MAX_DRAWS = 8;

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
    if (sample < 1) {
      throw new IllegalArgumentException("sample: %d (expected: >= 1)".formatted(sample));
    }
    if (segments < 1) {
      throw new IllegalArgumentException("segments: %d (expected: >= 1)".formatted(segments));
    }
    if (attempts < 1) {
      throw new IllegalArgumentException("max_attempts: %d (expected: >= 1)".formatted(attempts));
    }
    if (dispensable < 0 || dispensable > segments) {
      throw new IllegalArgumentException(
          "dispensable segments: %d (expected: 0 to %d)".formatted(dispensable, segments));
    }
  }

  /// All who came together to help do, and every segment must be opened.
  public RoundPlan(
      int round, Bounds clients, Bounds helpers, Quorum quorum, int segments, int attempts) {
    this(round, clients, helpers, quorum, Integer.MAX_VALUE, segments, attempts, 0);
  }

  /// Whether sums are opened with the help of share holders.
  public boolean encrypted() {
    return helpers.max() > 0;
  }
}
