package ai.cifer.node.identity;

import ai.cifer.transport.LinkRefused;
import ai.cifer.transport.SignedIdentity;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;

/// Proves an identity on links whose TLS does not: with the Ed25519 key that its certificate names.
public final class SignedIdentities {
  private SignedIdentities() {}

  /// Links are between a coordinator and a participant; two of a kind refuse each other.
  public static SignedIdentity of(Identity own, InstantSource clock) {
    return new SignedIdentity() {
      @Override
      public byte[] certificate() {
        try {
          return own.participant().certificate().getEncoded();
        } catch (CertificateEncodingException e) {
          throw new IllegalStateException("a certificate that was read and cannot be written", e);
        }
      }

      @Override
      public byte[] sign(byte[] statement) {
        return own.sign(statement);
      }

      @Override
      public X509Certificate verify(byte[] certificate, byte[] statement, byte[] signature)
          throws LinkRefused {
        Participant peer;
        try {
          peer = Participant.decode(certificate, own.authorities(), clock);
        } catch (IdentityRefused refused) {
          throw LinkRefused.declined(String.valueOf(refused.getMessage()));
        }
        if ((peer.role() == Role.COORDINATOR) == (own.role() == Role.COORDINATOR)) {
          throw LinkRefused.declined(
              "role of %s: %s (expected: %s)"
                  .formatted(
                      peer.name(),
                      peer.role().word(),
                      own.role() == Role.COORDINATOR ? "client or key-holder" : "coordinator"));
        }
        if (!peer.verify(statement, signature)) {
          throw LinkRefused.declined(
              "signature of %s: not made with the key in its certificate".formatted(peer.name()));
        }
        return peer.certificate();
      }
    };
  }
}
