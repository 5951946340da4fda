package ai.cifer.transport;

import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;

/// The contract over WebSockets and TLS.
class WebSocketLinkTest extends LinkContract {
  private static final TestAuthority AUTHORITY = new TestAuthority("federation");
  private static final TlsIdentity COORDINATOR = AUTHORITY.issue("coordinator");
  private static final TlsIdentity CLIENT = AUTHORITY.issue("client-1");

  @Override
  Wire start(EndpointHandler handler) throws IOException {
    NetworkEndpoint endpoint = NetworkEndpoint.start(Port.of("127.0.0.1", 0), COORDINATOR, handler);
    return new Wire() {
      @Override
      public Link connect(LinkHandler participant) throws IOException {
        return NetworkLink.open(
            Route.to(URI.create("wss://localhost:" + endpoint.port())), CLIENT, participant);
      }

      @Override
      public X509Certificate peer() {
        return CLIENT.chain().getFirst();
      }

      @Override
      public void close() {
        endpoint.close();
      }
    };
  }
}
