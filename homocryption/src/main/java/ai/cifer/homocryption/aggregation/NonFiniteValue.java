package ai.cifer.homocryption.aggregation;

/// An update holds a NaN or an infinity, so it cannot be quantised and must not be sent.
public final class NonFiniteValue extends AggregationException {
  private final long index;

  NonFiniteValue(long index, float value) {
    super(
        "update["
            + index
            + "]: "
            + value
            + " (expected: a finite number); training diverged, lower the learning rate");
    this.index = index;
  }

  /// Position of the first offending value, counted from the first parameter of the segment.
  public long index() {
    return index;
  }
}
