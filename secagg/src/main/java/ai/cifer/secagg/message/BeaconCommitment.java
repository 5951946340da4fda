package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.identity.Signer;

/// Participant to coordinator: the hash of 32 random bytes that will help to draw the helpers of a
/// round.
///
/// @param federation the federation
/// @param run the run
/// @param round the round, >= 0
/// @param number of the draw in this round, from 1
/// @param member the participant
/// @param commitment [#of] the random bytes
/// @param signature the member's
public record BeaconCommitment(
    String federation,
    String run,
    int round,
    int number,
    String member,
    Bytes commitment,
    Bytes signature)
    implements SignedMessage {

  public static final String LABEL = "cifer.beacon-commitment";

  public BeaconCommitment {
    Names.check(federation);
    Names.check(run);
    Names.check(member);
    Limits.atMost("round", round, Integer.MAX_VALUE);
    Limits.atMost("draw", number, Draw.MAX_NUMBER);
    Limits.hash(commitment);
    Limits.atMost("signature bytes", signature.length(), MAX_SIGNATURE_BYTES);
  }

  /// The commitment to `value`, hiding it as long as nobody can guess 32 random bytes.
  public static Bytes of(
      String federation, String run, int round, int number, String member, Bytes value) {
    return Bytes.sha256(
        FieldWriter.of("cifer.beacon-value", VERSION)
            .text(federation)
            .text(run)
            .u31(round)
            .u31(number)
            .text(member)
            .fixed(value, Draw.VALUE_BYTES)
            .toByteArray());
  }

  /// The same with the signature of its author.
  public BeaconCommitment signed(Signer signer) {
    return new BeaconCommitment(
        federation, run, round, number, member, commitment, Bytes.of(signer.sign(signedBytes())));
  }

  @Override
  public String author() {
    return member;
  }

  @Override
  public byte[] signedBytes() {
    return FieldWriter.of(LABEL, VERSION)
        .text(federation)
        .text(run)
        .u31(round)
        .u31(number)
        .text(member)
        .fixed(commitment, Hashing.BYTES)
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static BeaconCommitment decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new BeaconCommitment(
                in.name(),
                in.name(),
                in.u31(),
                in.u31(),
                in.name(),
                in.fixed(Hashing.BYTES),
                in.bytes(MAX_SIGNATURE_BYTES)));
  }
}
