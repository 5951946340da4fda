package ai.cifer.homocryption.aggregation;

/// Plain sum.
@SuppressWarnings("DoNotCallSuggester")
public final class SlotSum {
  /// Signature.
  public SlotSum(AggregationParameters parameters) {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public void add(int[] slots) {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public int count() {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public void copySums(long[] out) {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public void clear() {
    throw new UnsupportedOperationException();
  }
}
