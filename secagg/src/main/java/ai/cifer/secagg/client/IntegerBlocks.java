package ai.cifer.secagg.client;

import ai.cifer.homocryption.aggregation.Quantiser;
import java.nio.ByteBuffer;

/// The integers of the plan as int32, little endian: what a protected mode masks, in the open.
final class IntegerBlocks implements BlockEncoder {
  private final SegmentValues values;
  private final Quantiser quantiser;
  private final int[] slots;

  IntegerBlocks(SegmentValues values, Quantiser quantiser) {
    this.values = values;
    this.quantiser = quantiser;
    slots = new int[values.values().length];
  }

  @Override
  public void encode(int block, ByteBuffer out) {
    values.quantise(quantiser, block, slots);
    for (int slot : slots) {
      out.putInt(slot);
    }
  }

  @Override
  public void close() {
    quantiser.close();
  }
}
