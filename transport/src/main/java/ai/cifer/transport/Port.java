package ai.cifer.transport;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/// Where a coordinator listens, and how participants must show who they are.
///
/// @param host name or address of the interface, `0.0.0.0` for all
/// @param port 0 for any free one
/// @param proxies certificates that proxies show which end TLS before this port
/// @param keepAlive a connection on which nothing happened for so long is pinged, and lost when the
///   answer takes as long again; at least one second
public record Port(
    String host, int port, Admission admission, List<X509Certificate> proxies, Duration keepAlive) {

  /// What a connection needs.
  public enum Admission {
    /// TLS with a certificate of the participant; nobody else gets past the handshake.
    CERTIFICATE,
    /// TLS; who shows no certificate in it signs instead, see [SignedIdentity].
    SIGNATURE,
    /// No TLS, and a signature; on this machine only.
    SIGNATURE_WITHOUT_TLS
  }

  /// Copies the list.
  public Port {
    proxies = List.copyOf(proxies);
  }

  /// Certificates only, with pings every [Route#KEEP_ALIVE].
  public static Port of(String host, int port) {
    return new Port(host, port, Admission.CERTIFICATE, List.of(), Route.KEEP_ALIVE);
  }

  /// The same with another admission.
  public Port admitting(Admission admission, List<X509Certificate> proxies) {
    return new Port(host, port, admission, proxies, keepAlive);
  }

  /// The same with other pings.
  public Port withKeepAlive(Duration keepAlive) {
    return new Port(host, port, admission, proxies, keepAlive);
  }

  boolean secure() {
    return admission != Admission.SIGNATURE_WITHOUT_TLS;
  }
}
