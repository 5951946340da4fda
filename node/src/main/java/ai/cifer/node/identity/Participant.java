package ai.cifer.node.identity;

import ai.cifer.node.identity.IdentityRefused.Reason;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x509.Certificate;
import org.jspecify.annotations.Nullable;

/// Somebody who is enrolled, as the certificate states it.
///
/// @param name unique in the federation, safe as a file name
/// @param role what it may be
/// @param project project it is enrolled for, null for any
/// @param company company it belongs to, null if not stated
/// @param hosts names and addresses of a coordinator
/// @param signingKey Ed25519 key of its protocol messages
/// @param certificate the certificate
public record Participant(
    String name,
    Role role,
    @Nullable String project,
    @Nullable String company,
    List<String> hosts,
    PublicKey signingKey,
    X509Certificate certificate) {
  /// A certificate of ours is about 800 bytes.
  private static final int MAX_CERTIFICATE_BYTES = 16 << 10;

  /// Whom a certificate speaks of. Only reads: the certificate must have been verified, by TLS or
  /// by [#decode].
  ///
  /// @throws IdentityRefused if it states no name, role or sound signing key
  public static Participant of(X509Certificate certificate) throws IdentityRefused {
    return of(certificate, "certificate of " + subject(certificate));
  }

  static Participant of(X509Certificate certificate, String where) throws IdentityRefused {
    Claims claims;
    try {
      var parsed = Certificate.getInstance(certificate.getEncoded());
      claims = Claims.of(parsed.getTBSCertificate().getExtensions(), where);
    } catch (CertificateEncodingException | RuntimeException e) {
      throw new IdentityRefused(Reason.MALFORMED, where + ": not an X.509 certificate", e);
    }
    return new Participant(
        claims.name(),
        claims.role(),
        claims.project(),
        claims.company(),
        claims.hosts(),
        claims.signingKey(),
        certificate);
  }

  /// A certificate that came in a message, verified against the authorities.
  ///
  /// @param der at most 16 KiB
  /// @throws IdentityRefused if it is malformed, not signed by an authority, or not valid now
  public static Participant decode(
      byte[] der, Collection<X509Certificate> authorities, InstantSource clock)
      throws IdentityRefused {
    String where = "certificate in a message";
    if (der.length > MAX_CERTIFICATE_BYTES) {
      throw new IdentityRefused(
          Reason.MALFORMED,
          where + ": " + der.length + " bytes (expected: <= " + MAX_CERTIFICATE_BYTES + ")");
    }
    X509Certificate certificate = Pem.certificate(der, where);
    where = "certificate of " + subject(certificate);
    Trust.verify(certificate, authorities, clock, where);
    return of(certificate, where);
  }

  /// True if the signature is this participant's over exactly these bytes; false for whatever else,
  /// malformed signatures included.
  public boolean verify(byte[] message, byte[] signature) {
    return SigningKeys.verify(signingKey, message, signature);
  }

  /// SHA-256 of the certificate in hexadecimal, as `openssl x509 -fingerprint -sha256` gives it
  /// with colons.
  public String fingerprint() {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 of a parsed certificate", e);
    }
  }

  private static String subject(X509Certificate certificate) {
    return Text.printable(certificate.getSubjectX500Principal().getName());
  }
}
