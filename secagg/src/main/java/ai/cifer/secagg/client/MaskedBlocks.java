package ai.cifer.secagg.client;

import ai.cifer.homocryption.aggregation.AggregationSecret;
import ai.cifer.homocryption.aggregation.BlockMasker;
import ai.cifer.homocryption.aggregation.Quantiser;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// The integers of the plan under one-polynomial masks.
final class MaskedBlocks implements BlockEncoder {
  private final SegmentValues values;
  private final Quantiser quantiser;
  private final BlockMasker masker;
  private final AggregationSecret secret;
  private final int[] slots;

  /// Owns the masker and the secret.
  MaskedBlocks(
      SegmentValues values, Quantiser quantiser, BlockMasker masker, AggregationSecret secret) {
    this.values = values;
    this.quantiser = quantiser;
    this.masker = masker;
    this.secret = secret;
    slots = new int[values.values().length];
  }

  @Override
  public void encode(int block, ByteBuffer out) {
    values.quantise(quantiser, block, slots);
    masker.mask(block, slots, out);
  }

  @Override
  public void close() {
    Arrays.fill(slots, 0);
    quantiser.close();
    masker.close();
    secret.close();
  }
}
