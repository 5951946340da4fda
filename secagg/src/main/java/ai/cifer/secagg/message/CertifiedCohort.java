package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import java.util.List;

/// The cohort of one attempt at a segment, and the signatures of a quorum on it.
///
/// @param cohort U
/// @param certificate the signatures on H(U), by ascending names
public record CertifiedCohort(Cohort cohort, List<CohortSignature> certificate) implements Message {

  public static final String LABEL = "cifer.certified-cohort";

  /// Longest encoding, of the largest cohort with all signatures.
  static final int MAX_BYTES = 1 << 23;

  public CertifiedCohort {
    certificate = CertificateCodec.check(certificate);
  }

  @Override
  public byte[] encode() {
    FieldWriter out = FieldWriter.of(LABEL, VERSION).bytes(cohort.encode());
    CertificateCodec.write(out, certificate);
    return out.toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static CertifiedCohort decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new CertifiedCohort(
                Cohort.decode(in.bytes(MAX_BYTES).toByteArray()), CertificateCodec.read(in)));
  }
}
