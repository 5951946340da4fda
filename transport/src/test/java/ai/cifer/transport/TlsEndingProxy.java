package ai.cifer.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// A proxy that shows a certificate of its own and makes a new TLS connection to the coordinator,
/// as load balancers and inspecting firewalls do.
final class TlsEndingProxy implements AutoCloseable {
  private static final char[] PASSWORD = "test".toCharArray();

  private final ServerSocket listener;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  TlsEndingProxy(TlsIdentity shown, List<X509Certificate> trusted, int target)
      throws IOException, GeneralSecurityException {
    SSLContext context = context(trusted, null);
    listener =
        context(trusted, keys(shown))
            .getServerSocketFactory()
            .createServerSocket(0, 16, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket in = listener.accept();
              Socket out = context.getSocketFactory().createSocket("127.0.0.1", target);
              sockets.add(in);
              sockets.add(out);
              Thread.ofVirtual().start(() -> copy(in, out));
              Thread.ofVirtual().start(() -> copy(out, in));
            }
          } catch (IOException _) {
            // Closed.
          }
        });
  }

  private static KeyManager[] keys(TlsIdentity shown) throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry("own", shown.key(), PASSWORD, shown.chain().toArray(X509Certificate[]::new));
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    return keys.getKeyManagers();
  }

  private static SSLContext context(List<X509Certificate> trusted, KeyManager @Nullable [] keys)
      throws IOException, GeneralSecurityException {
    var authorities = KeyStore.getInstance(KeyStore.getDefaultType());
    authorities.load(null, null);
    for (X509Certificate authority : trusted) {
      authorities.setCertificateEntry(authority.getSerialNumber().toString(), authority);
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authorities);
    var context = SSLContext.getInstance("TLSv1.3");
    context.init(keys, trust.getTrustManagers(), null);
    return context;
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException _) {
      // The other direction sees it, too.
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
