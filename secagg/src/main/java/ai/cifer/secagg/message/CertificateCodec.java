package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import java.util.List;

/// The signatures of a quorum as fields.
final class CertificateCodec {
  private static final int MAX_SIGNATURE_MESSAGE_BYTES = 1 << 10;

  private CertificateCodec() {}

  static List<CohortSignature> check(List<CohortSignature> certificate) {
    Limits.atMost("signatures", certificate.size(), Limits.MAX_HELPERS);
    return Limits.sorted(certificate, CohortSignature::helper);
  }

  static void write(FieldWriter out, List<CohortSignature> certificate) {
    out.list(certificate, (to, signature) -> to.bytes(signature.encode()));
  }

  static List<CohortSignature> read(FieldReader in) {
    return in.list(
        Limits.MAX_HELPERS,
        Integer.BYTES,
        each -> CohortSignature.decode(each.bytes(MAX_SIGNATURE_MESSAGE_BYTES).toByteArray()));
  }
}
