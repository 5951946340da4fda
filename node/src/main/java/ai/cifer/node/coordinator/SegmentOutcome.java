package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.secagg.codec.Bytes;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/// What came of a segment that was opened.
///
/// @param examples how many its mean is over
/// @param clients how many are in it
/// @param result what the round's result says of it
/// @param mean SHA-256 of its mean
/// @param blamed helpers whose part of the sum contradicted that of the others
record SegmentOutcome(long examples, int clients, Bytes result, Bytes mean, List<String> blamed) {
  /// A buffer covers at most 2 GiB.
  private static final long CHUNK = 1 << 26;

  /// SHA-256 of the values of a segment.
  static Bytes digest(Tensors values, Segment segment) {
    MemorySegment bytes =
        values.bytes().asSlice(Float.BYTES * segment.from(), Float.BYTES * segment.size());
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
        sha.update(bytes.asSlice(at, Math.min(CHUNK, bytes.byteSize() - at)).asByteBuffer());
      }
      return Bytes.of(sha.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}
