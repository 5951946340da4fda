package ai.cifer.transport;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Trusts what authorities signed for the host, and after the first connection of a link nothing
/// but the certificate that it showed.
///
/// The proofs of a session name that certificate ([Binding]). A stream that goes over a connection
/// of its own shows a ticket only, so whoever ends TLS there and not for the session would learn
/// it; here the handshake fails before anything is said.
final class OneCertificate extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager authorities;
  private final AtomicReference<@Nullable X509Certificate> shown = new AtomicReference<>();

  /// Another one was shown.
  static final class Changed extends CertificateException {
    private static final long serialVersionUID = 1L;

    Changed() {
      super("another certificate than the link began with");
    }
  }

  OneCertificate(List<X509Certificate> authorities) {
    this.authorities = trusting(authorities);
  }

  private static X509ExtendedTrustManager trusting(List<X509Certificate> authorities) {
    try {
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry(String.valueOf(i), authorities.get(i));
      }
      var factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      return Stream.of(factory.getTrustManagers())
          .filter(X509ExtendedTrustManager.class::isInstance)
          .map(X509ExtendedTrustManager.class::cast)
          .findFirst()
          .orElseThrow();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every JDK checks certificates", e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    authorities.checkServerTrusted(chain, type, engine);
    X509Certificate first = shown.compareAndExchange(null, chain[0]);
    if (first != null && !first.equals(chain[0])) {
      throw new Changed();
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw engineOnly();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw engineOnly();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw engineOnly();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw engineOnly();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw engineOnly();
  }

  /// Without the engine the name of the host cannot be checked.
  private static CertificateException engineOnly() {
    return new CertificateException("not checked here (expected: a participant's engine)");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authorities.getAcceptedIssuers();
  }
}
