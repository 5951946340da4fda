package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.identity.Verifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A message that its author signs; the signature follows the signed bytes behind its length.
public sealed interface SignedMessage extends Message
    permits HelperHello,
        BeaconCommitment,
        RoundOpen,
        Manifest,
        ShareStatus,
        CohortSignature,
        Reveal,
        NotRevealed,
        OpenedSum,
        RoundResult {

  /// Cap on a signature; Ed25519 takes 64.
  int MAX_SIGNATURE_BYTES = 256;

  /// The name of the author.
  String author();

  /// Label, version and all fields but the signature.
  byte[] signedBytes();

  /// The signature, empty before signing.
  Bytes signature();

  /// Whether the signature is the author's.
  default boolean isSignedBy(Verifier author) {
    return signature().length() > 0 && author.verify(signedBytes(), signature().toByteArray());
  }

  @Override
  default byte[] encode() {
    byte[] signed = signedBytes();
    byte[] signature = signature().toByteArray();
    return ByteBuffer.allocate(signed.length + Integer.BYTES + signature.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(signed)
        .putInt(signature.length)
        .put(signature)
        .array();
  }

  @Override
  default Bytes hash() {
    return Bytes.sha256(signedBytes());
  }
}
