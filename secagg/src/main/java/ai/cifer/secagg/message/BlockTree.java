package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.Hashing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/// The SHA-256 tree over the blocks of a segment: one leaf per block, one root over all leaves.
///
/// ```
/// leaf_k = SHA-256(0x00 | block k)
/// root   = SHA-256(0x01 | "cifer.segment" | u64 length | u32 blocks | leaf_0 | leaf_1 | ...)
/// ```
///
/// Two levels are enough, since a segment has few blocks; leaves may be computed on many cores. The
/// first byte keeps a block from posing as a list of leaves.
public final class BlockTree {
  private static final byte[] ROOT_LABEL = "cifer.segment".getBytes(StandardCharsets.US_ASCII);

  private BlockTree() {}

  /// The leaf of the block between position and limit, which is consumed.
  public static Bytes leaf(ByteBuffer block) {
    MessageDigest sha = Hashing.sha256();
    sha.update((byte) 0);
    sha.update(block);
    return Bytes.of(sha.digest());
  }

  /// The root of a segment.
  ///
  /// @param length bytes of all blocks
  public static Bytes root(long length, List<Bytes> leaves) {
    MessageDigest sha = Hashing.sha256();
    sha.update((byte) 1);
    sha.update(ROOT_LABEL);
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      sha.update((byte) (length >>> shift));
    }
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      sha.update((byte) (leaves.size() >>> shift));
    }
    leaves.forEach(leaf -> sha.update(leaf.toByteArray()));
    return Bytes.of(sha.digest());
  }
}
