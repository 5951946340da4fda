package ai.cifer.secagg.client;

import ai.cifer.homocryption.aggregation.Quantiser;
import ai.cifer.secagg.cipher.SumCipher;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// The integers of the plan under the key holder's public key and one-time pads.
final class CipherBlocks implements BlockEncoder {
  private final SegmentValues values;
  private final Quantiser quantiser;
  private final SumCipher cipher;
  private final byte[] seed;
  private final int[] slots;

  /// Owns the seed.
  CipherBlocks(SegmentValues values, Quantiser quantiser, SumCipher cipher, byte[] seed) {
    this.values = values;
    this.quantiser = quantiser;
    this.cipher = cipher;
    this.seed = seed;
    slots = new int[values.values().length];
  }

  @Override
  public void encode(int block, ByteBuffer out) {
    values.quantise(quantiser, block, slots);
    cipher.encrypt(block, slots, seed, out);
  }

  @Override
  public void close() {
    Arrays.fill(slots, 0);
    Arrays.fill(seed, (byte) 0);
    quantiser.close();
  }
}
