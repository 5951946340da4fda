package ai.cifer.homocryption.aggregation;

/// Opens sums.
@SuppressWarnings("DoNotCallSuggester")
public final class BlockOpener {
  /// Signature.
  public BlockOpener(
      AggregationParameters parameters, byte[] publicSeed, int[] sumOfSecrets, int clients) {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public void open(long block, BlockSum sum, long[] slotSums) {
    throw new UnsupportedOperationException();
  }
}
