package ai.cifer.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Which connection a statement is for: the hash of the certificate that the end of TLS showed.
final class Binding {
  private Binding() {}

  static ByteString of(@Nullable SSLSession session) throws IOException {
    if (session == null) {
      return Statement.UNBOUND;
    }
    if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
      return of(certificate);
    }
    throw new IOException("the coordinator's certificate in TLS: not X.509");
  }

  static ByteString of(X509Certificate certificate) throws IOException {
    try {
      return Statement.hash(UnsafeByteOperations.unsafeWrap(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IOException("a certificate that was read and cannot be written", e);
    }
  }
}
