package ai.cifer.transport;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/// Who makes a call, as far as its connection tells.
///
/// @param certificate what TLS showed, null for none
/// @param known called when the call proves who it is in another way
record Caller(@Nullable X509Certificate certificate, Runnable known) {
  /// For the log.
  String name() {
    return certificate == null
        ? "somebody without a certificate in TLS"
        : Printable.of(certificate.getSubjectX500Principal().getName());
  }
}
