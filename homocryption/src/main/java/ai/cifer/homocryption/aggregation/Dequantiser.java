package ai.cifer.homocryption.aggregation;

/// Decodes sums.
@SuppressWarnings("DoNotCallSuggester")
public final class Dequantiser {
  /// Signature.
  public Dequantiser(AggregationParameters parameters, int clients, int weightCap) {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public void begin(long[] slotSums) {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public long count() {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public void dequantise(long block, long[] slotSums, float[] clip, int count, float[] mean) {
    throw new UnsupportedOperationException();
  }
}
