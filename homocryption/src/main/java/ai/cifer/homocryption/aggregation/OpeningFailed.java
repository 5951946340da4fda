package ai.cifer.homocryption.aggregation;

/// The sum of secrets does not fit the sum of blocks: a wrong share, a wrong cohort, or a client
/// whose block is not well formed.
public final class OpeningFailed extends AggregationException {
  OpeningFailed(String message) {
    super(message);
  }
}
