package ai.cifer.homocryption.aggregation;

/// A fact about data that makes an aggregation step impossible; the subclass names the fact.
///
/// Misuse by the caller (wrong array length, closed object) is an `IllegalArgumentException` or
/// `IllegalStateException` instead.
public abstract sealed class AggregationException extends RuntimeException
    permits NonFiniteValue, MalformedBlock, OpeningFailed, InconsistentSum {
  AggregationException(String message) {
    super(message);
  }
}
