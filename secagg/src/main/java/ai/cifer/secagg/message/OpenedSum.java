package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.identity.Signer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Key holder to coordinator: what an [EncryptedSum] holds, as integers.
///
/// @param ctx the context of the round
/// @param helper the key holder's name
/// @param segment the segment
/// @param attempt the attempt
/// @param cohort H(U)
/// @param firstBlock as in the request
/// @param sums of all slots of all blocks, 8 bytes each, little endian
/// @param signature the key holder's
public record OpenedSum(
    Bytes ctx,
    String helper,
    int segment,
    int attempt,
    Bytes cohort,
    int firstBlock,
    Bytes sums,
    Bytes signature)
    implements SignedMessage {

  public static final String LABEL = "cifer.opened-sum";

  private static final int MAX_BYTES = 1 << 22;

  public OpenedSum {
    Limits.hash(ctx);
    Names.check(helper);
    Limits.place(segment, attempt);
    Limits.hash(cohort);
    Limits.atMost("block", firstBlock, Integer.MAX_VALUE);
    Limits.atMost("bytes of sums", sums.length(), MAX_BYTES);
    if (sums.length() % Long.BYTES != 0) {
      throw new IllegalArgumentException(
          "sums: %d bytes (expected: 8 each)".formatted(sums.length()));
    }
    Limits.atMost("signature bytes", signature.length(), MAX_SIGNATURE_BYTES);
  }

  /// Numbers as bytes.
  public static Bytes pack(long[] sums) {
    ByteBuffer out = ByteBuffer.allocate(Long.BYTES * sums.length).order(ByteOrder.LITTLE_ENDIAN);
    out.asLongBuffer().put(sums);
    return Bytes.of(out.array());
  }

  /// The numbers.
  public long[] values() {
    long[] values = new long[sums.length() / Long.BYTES];
    ByteBuffer.wrap(sums.toByteArray()).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values);
    return values;
  }

  /// The same with the signature of its author.
  public OpenedSum signed(Signer signer) {
    return new OpenedSum(
        ctx,
        helper,
        segment,
        attempt,
        cohort,
        firstBlock,
        sums,
        Bytes.of(signer.sign(signedBytes())));
  }

  @Override
  public String author() {
    return helper;
  }

  @Override
  public byte[] signedBytes() {
    return FieldWriter.of(LABEL, VERSION)
        .fixed(ctx, Hashing.BYTES)
        .text(helper)
        .u31(segment)
        .u31(attempt)
        .fixed(cohort, Hashing.BYTES)
        .u31(firstBlock)
        .bytes(sums)
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static OpenedSum decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new OpenedSum(
                in.fixed(Hashing.BYTES),
                in.name(),
                in.u31(),
                in.u31(),
                in.fixed(Hashing.BYTES),
                in.u31(),
                in.bytes(MAX_BYTES),
                in.bytes(MAX_SIGNATURE_BYTES)));
  }
}
