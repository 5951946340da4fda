package ai.cifer.homocryption.aggregation;

import java.nio.ByteBuffer;

/// Masks blocks.
@SuppressWarnings("DoNotCallSuggester")
public final class BlockMasker implements AutoCloseable {
  /// Signature.
  public BlockMasker(
      AggregationParameters parameters, byte[] publicSeed, AggregationSecret secret) {
    throw new UnsupportedOperationException();
  }

  /// Signature.
  public void mask(long block, int[] slots, ByteBuffer out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
