package ai.cifer.homocryption.aggregation;

/// An opened sum that honest clients cannot have produced: count, ones, range or padding is off.
public final class InconsistentSum extends AggregationException {
  InconsistentSum(String message) {
    super(message);
  }
}
