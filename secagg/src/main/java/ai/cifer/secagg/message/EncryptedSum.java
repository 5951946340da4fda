package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;

/// Coordinator to key holder, in place of [RevealRequest] where clients encrypt under its public
/// key: some blocks of the sum over the certified cohort, to be opened.
///
/// @param ctx the context of the round
/// @param segment the segment
/// @param attempt the attempt
/// @param cohort H(U)
/// @param firstBlock the number of the first block, a multiple of what a message holds
/// @param blocks the encrypted sums, block after block
public record EncryptedSum(
    Bytes ctx, int segment, int attempt, Bytes cohort, int firstBlock, Bytes blocks)
    implements Message {

  public static final String LABEL = "cifer.encrypted-sum";

  /// What a message holds at most, unless one block alone is larger.
  private static final int PART_BYTES = 1 << 20;

  private static final int MAX_BYTES = 1 << 22;

  public EncryptedSum {
    Limits.hash(ctx);
    Limits.place(segment, attempt);
    Limits.hash(cohort);
    Limits.atMost("block", firstBlock, Integer.MAX_VALUE);
    Limits.atMost("bytes of blocks", blocks.length(), MAX_BYTES);
  }

  /// How many blocks of so many bytes a message holds; the last one of a segment may hold fewer.
  public static int blocksPerPart(int blockBytes) {
    return Math.max(1, PART_BYTES / blockBytes);
  }

  @Override
  public byte[] encode() {
    return FieldWriter.of(LABEL, VERSION)
        .fixed(ctx, Hashing.BYTES)
        .u31(segment)
        .u31(attempt)
        .fixed(cohort, Hashing.BYTES)
        .u31(firstBlock)
        .bytes(blocks)
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static EncryptedSum decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new EncryptedSum(
                in.fixed(Hashing.BYTES),
                in.u31(),
                in.u31(),
                in.fixed(Hashing.BYTES),
                in.u31(),
                in.bytes(MAX_BYTES)));
  }
}
