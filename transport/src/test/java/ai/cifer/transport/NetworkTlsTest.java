package ai.cifer.transport;

import static ai.cifer.transport.RecordingHandler.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.transport.LinkRefused.Reason;
import ai.cifer.transport.RecordingHandler.Participant;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who may talk to whom, and what those who may not get to read.
@Timeout(120)
class NetworkTlsTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("federation");
  private static final TestAuthority OTHER = new TestAuthority("other");

  private static void refused(TlsIdentity coordinator, TlsIdentity client, String... message)
      throws IOException {
    try (var endpoint =
        NetworkEndpoint.start(Port.of("127.0.0.1", 0), coordinator, new RecordingHandler())) {
      refused(URI.create("https://localhost:" + endpoint.port()), client, Reason.TLS, message);
    }
  }

  private static void refused(URI uri, TlsIdentity client, Reason reason, String... message) {
    assertThatThrownBy(() -> NetworkLink.open(Route.to(uri), client, new Participant()))
        .isInstanceOfSatisfying(
            LinkRefused.class,
            e -> {
              assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
              assertThat(e.getMessage()).contains(message);
            });
  }

  @Test
  void aCoordinatorOfAnotherAuthorityIsRefused() throws IOException {
    refused(
        AUTHORITY.issue("coordinator"),
        AUTHORITY.issueTrusting("client", OTHER),
        "signed by another authority",
        "ca.pem");
  }

  @Test
  void aClientOfAnotherAuthorityIsRefused() throws IOException {
    refused(
        AUTHORITY.issue("coordinator"),
        OTHER.issueTrusting("client", AUTHORITY),
        "does not accept the certificate of this side");
  }

  @Test
  void anExpiredClientIsRefused() throws IOException {
    refused(
        AUTHORITY.issue("coordinator"), AUTHORITY.issueExpired("client"), "has expired", "renew");
  }

  @Test
  void anExpiredCoordinatorIsRefused() throws IOException {
    refused(
        AUTHORITY.issueExpired("coordinator"), AUTHORITY.issue("client"), "has expired", "renew");
  }

  @Test
  void aCoordinatorOfAnotherNameIsRefused() throws IOException {
    try (var endpoint =
        NetworkEndpoint.start(
            Port.of("127.0.0.2", 0), AUTHORITY.issue("coordinator"), new RecordingHandler())) {
      refused(
          URI.create("https://127.0.0.2:" + endpoint.port()),
          AUTHORITY.issue("client"),
          Reason.TLS,
          "is not for 127.0.0.2");
    }
  }

  @Test
  void nobodyThereAndNoSuchHostAreUnreachable() throws IOException {
    int free;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    TlsIdentity client = AUTHORITY.issue("client");
    refused(
        URI.create("https://localhost:" + free),
        client,
        Reason.UNREACHABLE,
        "nobody answers at localhost:" + free + " (Connection refused");
    refused(
        URI.create("https://no.such.host.invalid:5000"),
        client,
        Reason.UNREACHABLE,
        "unknown host: no.such.host.invalid");
  }

  @Test
  void aPortWithoutTlsIsNamed() throws Exception {
    try (var plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread server =
          Thread.ofVirtual()
              .start(() -> {
                try (var socket = plain.accept()) {
                  socket
                      .getOutputStream()
                      .write("HTTP/1.1 400 Bad\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                  // A close with bytes unread would reset the connection.
                  socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      refused(
          URI.create("https://127.0.0.1:" + plain.getLocalPort()),
          AUTHORITY.issue("client"),
          Reason.TLS,
          "is that a coordinator's port?");
      server.join();
    }
  }

  /// A coordinator that dies at this moment may be there again: whoever has patience tries again.
  @Test
  void aResetDuringTheHandshakeIsALostConnection() throws Exception {
    try (var dying = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread server =
          Thread.ofVirtual()
              .start(() -> {
                try (var socket = dying.accept()) {
                  assertThat(socket.getInputStream().read()).isPositive();
                  // With no time to linger, closing sends a reset.
                  socket.setSoLinger(true, 0);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThatThrownBy(() ->
              NetworkLink.open(
                  Route.to(URI.create("https://127.0.0.1:" + dying.getLocalPort())),
                  AUTHORITY.issue("client"),
                  new Participant()))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(LinkRefused.class)
          .hasMessageContaining("was lost while it was being made");
      server.join();
    }
  }

  @Test
  void aTakenPortIsNamed() throws IOException {
    TlsIdentity coordinator = AUTHORITY.issue("coordinator");
    try (var endpoint =
        NetworkEndpoint.start(Port.of("127.0.0.1", 0), coordinator, new RecordingHandler())) {
      assertThatThrownBy(() ->
              NetworkEndpoint.start(
                  Port.of("127.0.0.1", endpoint.port()), coordinator, new RecordingHandler()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              "cannot listen at 127.0.0.1:" + endpoint.port() + " (Address already in use");
    }
  }

  @Test
  void aClientWithoutCertificateAndAnOldProtocolGetNothing() throws Exception {
    var handler = new RecordingHandler();
    TlsIdentity coordinator = AUTHORITY.issue("coordinator");
    try (var endpoint = NetworkEndpoint.start(Port.of("127.0.0.1", 0), coordinator, handler)) {
      for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
        assertThatThrownBy(() -> handshake(endpoint.port(), coordinator, protocol))
            .as(protocol)
            .isInstanceOf(SSLException.class);
      }
      NetworkLink.open(
              Route.to(URI.create("https://localhost:" + endpoint.port())),
              AUTHORITY.issue("client"),
              new Participant())
          .close();
      next(handler.sessions);
    }
    assertThat(handler.sessions).isEmpty();
  }

  private static void handshake(int port, TlsIdentity trusted, String protocol)
      throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("ca", trusted.authorities().getFirst());
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.setEnabledProtocols(new String[] {protocol});
      socket.startHandshake();
      // In TLS 1.3 the client is ready before the server has seen that the certificate is missing.
      if (socket.getInputStream().read() < 0) {
        throw new SSLException("closed");
      }
    }
  }

  @Test
  void anIdentityDoesNotPrintItsKey() {
    assertThat(AUTHORITY.issue("client-1").toString())
        .isEqualTo("TlsIdentity[subject=CN=client-1, key=redacted]");
  }
}
