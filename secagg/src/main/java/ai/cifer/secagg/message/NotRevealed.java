package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.identity.Signer;

/// Helper to all: it revealed nothing of this attempt at a segment, and never will reveal anything
/// of it or of one before.
///
/// @param ctx the context of the round
/// @param helper its name
/// @param segment the segment
/// @param attempt the attempt that it renounces
/// @param signature the helper's
public record NotRevealed(Bytes ctx, String helper, int segment, int attempt, Bytes signature)
    implements SignedMessage {

  public static final String LABEL = "cifer.not-revealed";

  public NotRevealed {
    Limits.hash(ctx);
    Names.check(helper);
    Limits.place(segment, attempt);
    Limits.atMost("signature bytes", signature.length(), MAX_SIGNATURE_BYTES);
  }

  /// The same with the signature of its author.
  public NotRevealed signed(Signer signer) {
    return new NotRevealed(ctx, helper, segment, attempt, Bytes.of(signer.sign(signedBytes())));
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
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static NotRevealed decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new NotRevealed(
                in.fixed(Hashing.BYTES),
                in.name(),
                in.u31(),
                in.u31(),
                in.bytes(MAX_SIGNATURE_BYTES)));
  }
}
