package ai.cifer.homocryption.aggregation;

import java.nio.ByteBuffer;

/// Sum of blocks.
@SuppressWarnings("DoNotCallSuggester")
public final class BlockSum {
  /// Signature.
  public BlockSum(AggregationParameters parameters) {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public void add(ByteBuffer block) {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public int count() {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public void clear() {
    throw new UnsupportedOperationException();
  }
}
