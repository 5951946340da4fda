package ai.cifer.transport;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Signs with Ed25519 keys that one roster of a test knows by certificate; in the product the
/// certificate itself carries the key.
final class TestSigner implements SignedIdentity {
  private final Map<X509Certificate, PublicKey> roster;
  private final X509Certificate certificate;
  private final KeyPair keys;

  private TestSigner(
      Map<X509Certificate, PublicKey> roster, X509Certificate certificate, KeyPair keys) {
    this.roster = roster;
    this.certificate = certificate;
    this.keys = keys;
  }

  static Map<X509Certificate, PublicKey> roster() {
    return new ConcurrentHashMap<>();
  }

  static TestSigner enrolled(TlsIdentity identity, Map<X509Certificate, PublicKey> roster) {
    TestSigner signer = impostor(identity, roster);
    roster.put(signer.certificate, signer.keys.getPublic());
    return signer;
  }

  /// Shows a certificate whose signing key it has not.
  static TestSigner impostor(TlsIdentity identity, Map<X509Certificate, PublicKey> roster) {
    try {
      return new TestSigner(
          roster,
          identity.chain().getFirst(),
          KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public byte[] certificate() {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public byte[] sign(byte[] statement) {
    try {
      var signature = Signature.getInstance("Ed25519");
      signature.initSign(keys.getPrivate());
      signature.update(statement);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public X509Certificate verify(byte[] shown, byte[] statement, byte[] signed) throws LinkRefused {
    try {
      var peer =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(shown));
      PublicKey key = roster.get(peer);
      var signature = Signature.getInstance("Ed25519");
      if (key != null) {
        signature.initVerify(key);
        signature.update(statement);
        if (signature.verify(signed)) {
          return peer;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new LinkRefused(LinkRefused.Reason.DECLINED, "malformed", e);
    }
    throw LinkRefused.declined("not enrolled");
  }
}
