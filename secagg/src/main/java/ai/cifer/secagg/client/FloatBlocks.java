package ai.cifer.secagg.client;

import java.nio.ByteBuffer;

/// The float32 values themselves, little endian.
final class FloatBlocks implements BlockEncoder {
  private final SegmentValues values;

  FloatBlocks(SegmentValues values) {
    this.values = values;
  }

  @Override
  public void encode(int block, ByteBuffer out) {
    int count = values.read(block);
    for (int i = 0; i < count; i++) {
      out.putFloat(values.values()[i]);
    }
  }

  @Override
  public void close() {
    // Nothing here is secret: the mode is `none`.
  }
}
