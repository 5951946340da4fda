package ai.cifer.training.data;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The checksum of TensorFlow's files: `rotate_right(crc, 15) + 0xa282ead8`, with CRC-32C, so that
/// a checksum over data that holds checksums is not one of zeros.
public final class MaskedCrc {

  private static final int MASK = 0xa282ead8;

  private MaskedCrc() {}

  /// The checksum of what is left in all `parts`, one after the other.
  public static int of(ByteBuffer... parts) {
    CRC32C crc = new CRC32C();
    for (ByteBuffer part : parts) {
      crc.update(part);
    }
    return masked(crc);
  }

  /// The masked value of a checksum.
  public static int masked(CRC32C crc) {
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }
}
