package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.identity.Signer;

/// Helper to coordinator: the only cohort that it will ever reveal for this segment and attempt.
///
/// @param ctx the context of the round
/// @param helper its name
/// @param segment the segment
/// @param attempt the attempt
/// @param cohort H(U)
/// @param signature the helper's
public record CohortSignature(
    Bytes ctx, String helper, int segment, int attempt, Bytes cohort, Bytes signature)
    implements SignedMessage {

  public static final String LABEL = "cifer.cohort-signature";

  public CohortSignature {
    Limits.hash(ctx);
    Names.check(helper);
    Limits.place(segment, attempt);
    Limits.hash(cohort);
    Limits.atMost("signature bytes", signature.length(), MAX_SIGNATURE_BYTES);
  }

  /// The same with the signature of its author.
  public CohortSignature signed(Signer signer) {
    return new CohortSignature(
        ctx, helper, segment, attempt, cohort, Bytes.of(signer.sign(signedBytes())));
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
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static CohortSignature decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new CohortSignature(
                in.fixed(Hashing.BYTES),
                in.name(),
                in.u31(),
                in.u31(),
                in.fixed(Hashing.BYTES),
                in.bytes(MAX_SIGNATURE_BYTES)));
  }
}
