package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.identity.Signer;

/// Helper to coordinator: the sum of its shares over the certified cohort.
///
/// @param ctx the context of the round
/// @param helper its name
/// @param segment the segment
/// @param attempt the attempt
/// @param cohort H(U)
/// @param sum S_j, coefficients in [0, 2^31 - 1)
/// @param signature the helper's
public record Reveal(
    Bytes ctx,
    String helper,
    int segment,
    int attempt,
    Bytes cohort,
    Coefficients sum,
    Bytes signature)
    implements SignedMessage {

  public static final String LABEL = "cifer.reveal";

  /// The field of the shares.
  private static final int PRIME = Integer.MAX_VALUE;

  public Reveal {
    Limits.hash(ctx);
    Names.check(helper);
    Limits.place(segment, attempt);
    Limits.hash(cohort);
    if (!sum.areResidues(PRIME)) {
      throw new IllegalArgumentException("sum: not canonical (expected: values in [0, 2^31 - 1))");
    }
    Limits.atMost("signature bytes", signature.length(), MAX_SIGNATURE_BYTES);
  }

  /// The same with the signature of its author.
  public Reveal signed(Signer signer) {
    return new Reveal(
        ctx, helper, segment, attempt, cohort, sum, Bytes.of(signer.sign(signedBytes())));
  }

  @Override
  public String author() {
    return helper;
  }

  @Override
  public byte[] signedBytes() {
    FieldWriter out =
        FieldWriter.of(LABEL, VERSION)
            .fixed(ctx, Hashing.BYTES)
            .text(helper)
            .u31(segment)
            .u31(attempt)
            .fixed(cohort, Hashing.BYTES);
    sum.write(out);
    return out.toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static Reveal decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new Reveal(
                in.fixed(Hashing.BYTES),
                in.name(),
                in.u31(),
                in.u31(),
                in.fixed(Hashing.BYTES),
                Coefficients.read(in),
                in.bytes(MAX_SIGNATURE_BYTES)));
  }
}
