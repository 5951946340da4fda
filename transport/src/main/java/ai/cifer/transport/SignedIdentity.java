package ai.cifer.transport;

import java.security.cert.X509Certificate;

/// Who this side is and whom it believes where TLS does not say so: because a proxy ends TLS before
/// the coordinator, or because there is no TLS.
public interface SignedIdentity {
  /// The own certificate in DER, at most 16 KiB.
  byte[] certificate();

  /// The Ed25519 signature of 64 bytes.
  byte[] sign(byte[] statement);

  /// Whom the other side's certificate and signature prove.
  ///
  /// @throws LinkRefused if the certificate is not of this federation or of no use here, or the
  ///   signature is not its owner's
  X509Certificate verify(byte[] certificate, byte[] statement, byte[] signature) throws LinkRefused;
}
