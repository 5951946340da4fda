package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import java.util.List;

/// Coordinator to helper: a quorum signed this cohort, so open it.
///
/// @param ctx the context of the round
/// @param segment the segment
/// @param attempt the attempt
/// @param cohort H(U)
/// @param certificate signatures of at least t helpers on H(U), by ascending names
public record RevealRequest(
    Bytes ctx, int segment, int attempt, Bytes cohort, List<CohortSignature> certificate)
    implements Message {

  public static final String LABEL = "cifer.reveal-request";

  public RevealRequest {
    Limits.hash(ctx);
    Limits.place(segment, attempt);
    Limits.hash(cohort);
    certificate = CertificateCodec.check(certificate);
  }

  @Override
  public byte[] encode() {
    FieldWriter out =
        FieldWriter.of(LABEL, VERSION)
            .fixed(ctx, Hashing.BYTES)
            .u31(segment)
            .u31(attempt)
            .fixed(cohort, Hashing.BYTES);
    CertificateCodec.write(out, certificate);
    return out.toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static RevealRequest decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new RevealRequest(
                in.fixed(Hashing.BYTES),
                in.u31(),
                in.u31(),
                in.fixed(Hashing.BYTES),
                CertificateCodec.read(in)));
  }
}
