package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;

/// One message of a round; immutable, with one canonical form.
///
/// Every type has a static `decode(byte[])` that accepts exactly the canonical form and throws
/// [MalformedMessage][ai.cifer.secagg.codec.MalformedMessage] otherwise.
public sealed interface Message
    permits SignedMessage,
        BeaconList,
        BeaconOpening,
        Outline,
        SealedShare,
        Shares,
        Cohort,
        CertifiedCohort,
        RevealRequest,
        Retry,
        EncryptedSum,
        SegmentResult {

  /// Version of every message of this protocol.
  int VERSION = 1;

  /// The canonical bytes.
  byte[] encode();

  /// SHA-256 of what the message states, without its signature: the same statement signed twice is
  /// the same statement.
  default Bytes hash() {
    return Bytes.sha256(encode());
  }
}
