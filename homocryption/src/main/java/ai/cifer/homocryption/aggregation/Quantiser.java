package ai.cifer.homocryption.aggregation;

/// Turns a float update into slot values.
@SuppressWarnings("DoNotCallSuggester")
public final class Quantiser {
  /// Signature.
  public Quantiser(
      AggregationParameters parameters, byte[] roundingSeed, int weight, int weightCap) {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public void quantise(long block, float[] update, float[] clip, int count, int[] slots) {
    throw new UnsupportedOperationException();
  }
}
