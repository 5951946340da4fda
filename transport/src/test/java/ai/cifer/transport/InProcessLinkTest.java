package ai.cifer.transport;

import java.io.IOException;
import java.security.cert.X509Certificate;

/// The contract without a network.
class InProcessLinkTest extends LinkContract {
  private static final X509Certificate PEER =
      new TestAuthority("federation").issue("client-1").chain().getFirst();

  @Override
  Wire start(EndpointHandler handler) {
    InProcessEndpoint endpoint = InProcessEndpoint.start(handler);
    return new Wire() {
      @Override
      public Link connect(LinkHandler participant) throws IOException {
        return endpoint.connect(PEER, participant);
      }

      @Override
      public X509Certificate peer() {
        return PEER;
      }

      @Override
      public void close() {
        endpoint.close();
      }
    };
  }
}
