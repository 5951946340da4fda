package ai.cifer.node.identity;

import ai.cifer.node.identity.IdentityRefused.Reason;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// The enrolment authority of a federation: whoever holds it decides who takes part. It is not the
/// coordinator, and is needed only while somebody is enrolled.
///
/// Its folder holds `ca.pem`, which everybody gets, and `ca_key.pem` (P-256, mode 600), which
/// nobody gets.
public final class Authority implements AutoCloseable {
  /// The certificate that everybody trusts.
  public static final String CERTIFICATE_FILE = "ca.pem";

  /// The private key, mode 600.
  public static final String KEY_FILE = "ca_key.pem";

  /// Certificates begin that long ago, so that machines whose clocks are behind accept them at
  /// once.
  public static final Duration CLOCK_ALLOWANCE = Duration.ofHours(1);

  /// RFC 5280 allows 20 octets; 16 random ones never collide.
  private static final int SERIAL_BITS = 127;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final X509Certificate certificate;
  private @Nullable PrivateKey key;

  private Authority(X509Certificate certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /// Makes an authority in a folder that has none.
  ///
  /// @param name of the federation, restricted like a participant's
  /// @throws IdentityRefused [Reason#EXISTS]
  public static Authority create(Path dir, String name, Duration validity, InstantSource clock)
      throws IOException {
    KeyPair pair = Keys.generateTls();
    Text.name("name", name);
    positive(validity);
    Path certificateFile = dir.resolve(CERTIFICATE_FILE);
    Files.createDirectories(dir);
    if (Files.exists(certificateFile)) {
      throw new IdentityRefused(
          Reason.EXISTS,
          certificateFile + ": exists and is not overwritten; choose another folder");
    }
    byte[] der = selfSigned(pair, name, validity, clock);
    Keys.write(dir.resolve(KEY_FILE), pair.getPrivate());
    Pem.writePublic(certificateFile, Pem.encode(Pem.CERTIFICATE, der));
    return new Authority(Pem.certificate(der, certificateFile.toString()), pair.getPrivate());
  }

  /// Makes an authority that ends with this process: its key is nowhere else.
  ///
  /// @param name as for [#create]
  public static Authority inMemory(String name, Duration validity, InstantSource clock)
      throws IOException {
    KeyPair pair = Keys.generateTls();
    Text.name("name", name);
    positive(validity);
    byte[] der = selfSigned(pair, name, validity, clock);
    return new Authority(Pem.certificate(der, "authority " + name), pair.getPrivate());
  }

  private static byte[] selfSigned(
      KeyPair pair, String name, Duration validity, InstantSource clock) throws IOException {
    var subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
    try {
      Instant now = clock.instant();
      var builder = builder(subject, now, now.plus(validity), subject, pair.getPublic());
      var extensions = new JcaX509ExtensionUtils();
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          extensions.createSubjectKeyIdentifier(pair.getPublic()));
      return sign(builder, pair.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("the JDK lacks ECDSA with P-256", e);
    }
  }

  /// Opens the authority of a folder.
  ///
  /// @throws IdentityRefused if a file is missing, malformed or exposed, or the two do not match
  public static Authority open(Path dir) throws IOException {
    Path certificateFile = dir.resolve(CERTIFICATE_FILE);
    Path keyFile = dir.resolve(KEY_FILE);
    X509Certificate certificate = Pem.certificates(certificateFile).getFirst();
    PrivateKey key = Keys.read(keyFile, "EC").getFirst();
    if (!Keys.match(key, certificate.getPublicKey(), Keys.TLS_SIGNATURE)) {
      throw new IdentityRefused(
          Reason.WRONG_KEY,
          keyFile + ": not the key of " + certificateFile + "; restore the pair from one backup");
    }
    return new Authority(certificate, key);
  }

  /// Certifies what a request asks for. Whether its role, name and hosts are right is the decision
  /// of the person who signs; show them first.
  ///
  /// @param validity from now; cut to the authority's own
  /// @throws IdentityRefused [Reason#EXPIRED] or [Reason#NOT_YET_VALID] if the authority is
  public X509Certificate sign(CertificateRequest request, Duration validity, InstantSource clock)
      throws IdentityRefused {
    return sign(request.claims(), request.tlsKey(), validity, clock);
  }

  X509Certificate sign(Claims claims, PublicKey tlsKey, Duration validity, InstantSource clock)
      throws IdentityRefused {
    PrivateKey signer = key;
    if (signer == null) {
      throw new IllegalStateException("authority: closed");
    }
    positive(validity);
    Instant now = clock.instant();
    Trust.valid(certificate, now, "authority " + certificate.getSubjectX500Principal().getName());
    Instant limit = certificate.getNotAfter().toInstant();
    Instant end = now.plus(validity).isAfter(limit) ? limit : now.plus(validity);
    var subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, claims.name()).build();
    try {
      var issuer = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
      var builder = builder(issuer, now, end, subject, tlsKey);
      var extensions = new JcaX509ExtensionUtils();
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, purposes(claims.role()));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          extensions.createAuthorityKeyIdentifier(certificate.getPublicKey()));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(tlsKey));
      Extensions claimed = claims.toExtensions();
      for (ASN1ObjectIdentifier oid : claimed.getExtensionOIDs()) {
        builder.addExtension(claimed.getExtension(oid));
      }
      return Pem.certificate(sign(builder, signer), "certificate of " + claims.name());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("the JDK lacks ECDSA with P-256", e);
    }
  }

  /// Certifies a request and writes the certificate to a new file.
  public X509Certificate sign(
      CertificateRequest request, Duration validity, InstantSource clock, Path file)
      throws IOException {
    X509Certificate signed = sign(request, validity, clock);
    try {
      Pem.writePublic(file, Pem.encode(Pem.CERTIFICATE, signed.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was just made", e);
    }
    return signed;
  }

  /// The certificate that everybody trusts.
  public X509Certificate certificate() {
    return certificate;
  }

  /// Forgets the private key.
  @Override
  public void close() {
    key = null;
  }

  @Override
  public String toString() {
    return "Authority[" + certificate.getSubjectX500Principal().getName() + "]";
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, Instant now, Instant end, X500Name subject, PublicKey publicKey) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS - 1),
        Date.from(now.minus(CLOCK_ALLOWANCE)),
        Date.from(end),
        subject,
        publicKey);
  }

  private static byte[] sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws OperatorCreationException, IOException {
    return builder.build(new JcaContentSignerBuilder(Keys.TLS_SIGNATURE).build(key)).getEncoded();
  }

  private static ExtendedKeyUsage purposes(Role role) {
    return role == Role.COORDINATOR
        ? new ExtendedKeyUsage(
            new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth})
        : new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth);
  }

  private static void positive(Duration validity) {
    if (!validity.isPositive()) {
      throw new IllegalArgumentException("validity: " + validity + " (expected: > 0)");
    }
  }
}
