package ai.cifer.homocryption.threshold;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The byte layout of a [DecryptionLog]: a header and entries of 128 bytes each, little endian.
///
/// ```
///  header                                        entry
///      0  8  "CIFERDL1"                              0  8  sequence, from 1
///      8 16  key id                                  8  8  active set, bit j - 1 for party j
///     24  4  party                                  16  4  kind: 1 decryption, 2 refresh
///     28  4  statistical bits s                     20  4  0
///     32  8  decryptions τ                          24 32  identity of the ciphertext
///     40  8  0                                      56 32  request
///     48 32  session digest                         88 32  SHA-256 of the share
///     80 44  0                                     120  4  0
///    124  4  CRC32C of bytes 0 to 123              124  4  CRC32C of the header and bytes 0 to 123
/// ```
///
/// 128 divides the sector size, so no entry lies in two sectors: after a power failure the last
/// entry is there, absent or zero, but not half new. The header is inside each entry's checksum, so
/// entries of another key's log do not fit.
final class DecryptionLogDescriptor {
  static final int BLOCK_BYTES = 128;
  static final int ID_BYTES = 32;

  private static final byte[] MAGIC = "CIFERDL1".getBytes(StandardCharsets.US_ASCII);
  private static final int CHECKSUM_OFFSET = 124;

  private DecryptionLogDescriptor() {}

  /// What was given, or may have been given.
  ///
  /// @param kind [DecryptionLog.Kind] number
  record Entry(long sequence, long set, int kind, byte[] ciphertext, byte[] request, byte[] share) {

    boolean sameAs(Entry other) {
      return set == other.set
          && kind == other.kind
          && Arrays.equals(ciphertext, other.ciphertext)
          && Arrays.equals(request, other.request)
          && Arrays.equals(share, other.share);
    }

    @Override
    public String toString() {
      return "Entry(" + sequence + ")";
    }
  }

  static byte[] header(SecretKeyShare share, SmudgingPolicy policy) {
    byte[] bytes = new byte[BLOCK_BYTES];
    ByteBuffer block = little(bytes);
    block.put(MAGIC);
    block.putLong(share.keyId().high()).putLong(share.keyId().low());
    block.putInt(share.party()).putInt(policy.statisticalBits()).putLong(policy.decryptions());
    block.putLong(0).put(share.session().digest().bytes());
    block.putInt(CHECKSUM_OFFSET, checksum(new byte[0], bytes));
    return bytes;
  }

  static byte[] entry(byte[] header, Entry entry) {
    byte[] bytes = new byte[BLOCK_BYTES];
    ByteBuffer block = little(bytes);
    block.putLong(entry.sequence).putLong(entry.set).putInt(entry.kind).putInt(0);
    block.put(entry.ciphertext).put(entry.request).put(entry.share);
    block.putInt(CHECKSUM_OFFSET, checksum(header, bytes));
    return bytes;
  }

  /// The entry of a block, or null if it is not the entry with that sequence number in a log with
  /// that header.
  static @Nullable Entry decode(byte[] header, byte[] bytes, long sequence) {
    ByteBuffer block = little(bytes);
    if (block.getInt(CHECKSUM_OFFSET) != checksum(header, bytes)) {
      return null;
    }
    long found = block.getLong();
    long set = block.getLong();
    int kind = block.getInt();
    block.getInt();
    Entry entry = new Entry(found, set, kind, id(block), id(block), id(block));
    boolean canonical = Arrays.equals(entry(header, entry), bytes);
    return found == sequence && canonical ? entry : null;
  }

  private static byte[] id(ByteBuffer block) {
    byte[] id = new byte[ID_BYTES];
    block.get(id);
    return id;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int checksum(byte[] header, byte[] block) {
    CRC32C crc = new CRC32C();
    crc.update(header, 0, header.length);
    crc.update(block, 0, CHECKSUM_OFFSET);
    return (int) crc.getValue();
  }
}
