package ai.cifer.transport;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Certificates for one test run; the product's own authority is in another module.
final class TestAuthority {
  private static final AtomicLong SERIAL = new AtomicLong(1);
  private static final Duration DAY = Duration.ofDays(1);

  private final KeyPair keys = pair();
  private final X500Name name;
  private final X509Certificate certificate;
  private final Instant now;

  TestAuthority(String name) {
    this.name = new X500Name("CN=" + name);
    this.now = Instant.now();
    this.certificate = certify(this.name, keys, now.minus(DAY), now.plus(DAY), true);
  }

  TlsIdentity issue(String subject) {
    return issue(subject, now.minus(DAY), now.plus(DAY), this);
  }

  TlsIdentity issueTrusting(String subject, TestAuthority other) {
    return issue(subject, now.minus(DAY), now.plus(DAY), other);
  }

  TlsIdentity issueExpired(String subject) {
    return issue(subject, now.minus(DAY.multipliedBy(2)), now.minus(DAY), this);
  }

  private TlsIdentity issue(String subject, Instant begin, Instant end, TestAuthority trusted) {
    KeyPair own = pair();
    X509Certificate issued = certify(new X500Name("CN=" + subject), own, begin, end, false);
    return new TlsIdentity(List.of(issued), own.getPrivate(), List.of(trusted.certificate));
  }

  private X509Certificate certify(
      X500Name subject, KeyPair pair, Instant begin, Instant end, boolean authority) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              name,
              BigInteger.valueOf(SERIAL.getAndIncrement()),
              Date.from(begin),
              Date.from(end),
              subject,
              pair.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (!authority) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                new GeneralName[] {
                  new GeneralName(GeneralName.dNSName, "localhost"),
                  new GeneralName(GeneralName.iPAddress, "127.0.0.1")
                }));
      }
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair pair() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
