package ai.cifer.secagg.identity;

/// A participant's private signature key.
///
/// The scheme must be existentially unforgeable and deterministic, as Ed25519 is, so that an answer
/// repeated is the same bytes.
public interface Signer {
  /// The name in the certificate.
  String name();

  /// Signs the message.
  ///
  /// @return at most 256 bytes
  byte[] sign(byte[] message);
}
