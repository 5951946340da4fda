package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.identity.Signer;
import java.util.List;
import java.util.function.Function;

/// Helper to coordinator: whose share it holds, and whose is bad.
///
/// @param ctx the context of the round
/// @param helper its name
/// @param segment the segment
/// @param attempt the attempt
/// @param accepted clients whose share opened, ascending
/// @param complaints clients whose manifest or share is bad, ascending; they cannot be in a cohort
/// @param signature the helper's
public record ShareStatus(
    Bytes ctx,
    String helper,
    int segment,
    int attempt,
    List<String> accepted,
    List<String> complaints,
    Bytes signature)
    implements SignedMessage {

  public static final String LABEL = "cifer.share-status";

  public ShareStatus {
    Limits.hash(ctx);
    Names.check(helper);
    Limits.place(segment, attempt);
    Limits.atMost("accepted", accepted.size(), Limits.MAX_PARTICIPANTS);
    Limits.atMost("complaints", complaints.size(), Limits.MAX_PARTICIPANTS);
    accepted.forEach(Names::check);
    complaints.forEach(Names::check);
    accepted = Limits.sorted(accepted, Function.identity());
    complaints = Limits.sorted(complaints, Function.identity());
    Limits.atMost("signature bytes", signature.length(), MAX_SIGNATURE_BYTES);
  }

  /// The same with the signature of its author.
  public ShareStatus signed(Signer signer) {
    return new ShareStatus(
        ctx, helper, segment, attempt, accepted, complaints, Bytes.of(signer.sign(signedBytes())));
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
        .list(accepted, FieldWriter::text)
        .list(complaints, FieldWriter::text)
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static ShareStatus decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new ShareStatus(
                in.fixed(Hashing.BYTES),
                in.name(),
                in.u31(),
                in.u31(),
                in.list(Limits.MAX_PARTICIPANTS, Limits.MIN_NAME_BYTES, FieldReader::name),
                in.list(Limits.MAX_PARTICIPANTS, Limits.MIN_NAME_BYTES, FieldReader::name),
                in.bytes(MAX_SIGNATURE_BYTES)));
  }
}
