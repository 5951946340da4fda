package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import java.util.List;

/// Coordinator to all: how one segment was opened. A [RoundResult] holds the hashes of these, so
/// that it stays small however many segments a model has.
///
/// @param cohort U
/// @param certificate the signatures on H(U); empty in mode `none`
/// @param sumOfSecrets s_U, public by design; empty in mode `none`
public record SegmentResult(
    Cohort cohort, List<CohortSignature> certificate, Coefficients sumOfSecrets)
    implements Message {

  public static final String LABEL = "cifer.segment-result";

  /// Stands for the hash of one where the segment failed for good and the round went on without it.
  public static final Bytes NONE = Bytes.zeros(Hashing.BYTES);

  private static final int MAX_COHORT_BYTES = 1 << 23;

  public SegmentResult {
    certificate = CertificateCodec.check(certificate);
  }

  @Override
  public byte[] encode() {
    FieldWriter out = FieldWriter.of(LABEL, VERSION).bytes(cohort.encode());
    CertificateCodec.write(out, certificate);
    sumOfSecrets.write(out);
    return out.toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static SegmentResult decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new SegmentResult(
                Cohort.decode(in.bytes(MAX_COHORT_BYTES).toByteArray()),
                CertificateCodec.read(in),
                Coefficients.read(in)));
  }
}
