package ai.cifer.transport;

import java.io.IOException;
import java.security.cert.X509Certificate;

/// A coordinator without a network, for simulation and tests: the same order, limits and
/// back-pressure.
public final class InProcessEndpoint implements Endpoint {
  private InProcessEndpoint() {}

  /// Starts with a handler.
  public static InProcessEndpoint start(EndpointHandler handler) {
    return new InProcessEndpoint();
  }

  /// Connects a participant.
  ///
  /// @param peer what [Session#peer] returns; the caller vouches for it
  /// @throws LinkRefused if the handler turns it away
  @SuppressWarnings("DoNotCallSuggester")
  public Link connect(X509Certificate peer, LinkHandler handler) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
