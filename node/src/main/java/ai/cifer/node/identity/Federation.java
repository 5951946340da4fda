package ai.cifer.node.identity;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;

/// Names a federation by its enrolment authority: whoever is enrolled elsewhere is in another one.
public final class Federation {

  private Federation() {}

  /// SHA-256 of the authority's certificate, hexadecimal.
  public static String of(Identity identity) {
    X509Certificate authority = identity.authorities().getFirst();
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(authority.getEncoded()));
    } catch (NoSuchAlgorithmException | CertificateEncodingException impossible) {
      throw new IllegalStateException("a certificate that was parsed can be encoded", impossible);
    }
  }
}
