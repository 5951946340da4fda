package ai.cifer.node.identity;

import ai.cifer.node.identity.IdentityRefused.Reason;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Whether a certificate is signed by an authority and valid now (RFC 5280 path validation).
final class Trust {
  private Trust() {}

  static void verify(
      X509Certificate certificate,
      Collection<X509Certificate> authorities,
      InstantSource clock,
      String where)
      throws IdentityRefused {
    Instant now = clock.instant();
    X509Certificate issuer = issuer(certificate, authorities, where);
    valid(issuer, now, "authority " + issuer.getSubjectX500Principal().getName());
    valid(certificate, now, where);
    Set<TrustAnchor> anchors = new HashSet<>();
    anchors.add(new TrustAnchor(issuer, null));
    try {
      var parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      var path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate));
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
    } catch (CertPathValidatorException e) {
      throw untrusted(where, String.valueOf(e.getMessage()));
    } catch (GeneralSecurityException e) {
      throw new IdentityRefused(Reason.UNTRUSTED, where + ": cannot be verified", e);
    }
  }

  /// The validity alone, each end with its own reason.
  static void valid(X509Certificate certificate, Instant now, String where) throws IdentityRefused {
    Instant begin = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    if (now.isBefore(begin)) {
      throw new IdentityRefused(
          Reason.NOT_YET_VALID,
          where + ": valid from " + begin + ", now is " + now + "; set this machine's clock");
    }
    if (now.isAfter(end)) {
      throw new IdentityRefused(
          Reason.EXPIRED,
          where
              + ": expired at "
              + end
              + ", now is "
              + now
              + "; have the authority sign a new one with 'cifer certs sign'");
    }
  }

  private static X509Certificate issuer(
      X509Certificate certificate, Collection<X509Certificate> authorities, String where)
      throws IdentityRefused {
    for (X509Certificate authority : authorities) {
      if (!certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal())) {
        continue;
      }
      try {
        certificate.verify(authority.getPublicKey());
        return authority;
      } catch (GeneralSecurityException _) {
        // Another authority may have the same name.
      }
    }
    throw untrusted(
        where,
        "it was issued by "
            + Text.printable(certificate.getIssuerX500Principal().getName())
            + ", whose key is none of the trusted ones");
  }

  private static IdentityRefused untrusted(String where, String fact) {
    return new IdentityRefused(
        Reason.UNTRUSTED,
        where
            + ": not signed by the enrolment authority: "
            + Text.printable(fact)
            + "; use the ca.pem and the certificates of one federation");
  }
}
