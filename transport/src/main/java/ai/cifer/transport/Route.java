package ai.cifer.transport;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// The way to a coordinator.
///
/// @param coordinator `https://host:port` or `grpcs://host:port` for gRPC, `wss://host:port` for
///   WebSockets; `http` and `ws` for the same without TLS, on this machine only
/// @param proxy an HTTP/1.1 proxy that is asked to CONNECT; it sees TLS only
/// @param keepAlive a connection on which nothing happened for so long is pinged, and lost when the
///   answer takes as long again; at least one second
public record Route(URI coordinator, Optional<InetSocketAddress> proxy, Duration keepAlive) {
  /// Pings are sent after so long a silence unless stated otherwise.
  public static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

  private static final Set<String> GRPC = Set.of("https", "grpcs", "http");
  private static final Set<String> WEB_SOCKET = Set.of("wss", "ws");
  private static final Set<String> PLAIN = Set.of("http", "ws");

  /// Checks the address.
  public Route {
    String scheme = coordinator.getScheme();
    if (coordinator.getHost() == null
        || coordinator.getPort() < 1
        || scheme == null
        || !(GRPC.contains(scheme) || WEB_SOCKET.contains(scheme))) {
      throw new IllegalArgumentException(
          "coordinator: "
              + Printable.of(coordinator.toString())
              + " (expected: https://host:port, grpcs://host:port or wss://host:port)");
    }
    if (PLAIN.contains(scheme) && proxy.isPresent()) {
      throw new IllegalArgumentException(
          "proxy: "
              + Printable.of(proxy.get().toString())
              + " (expected: none; links without TLS do not leave this machine)");
    }
  }

  /// Without a proxy, with pings every [#KEEP_ALIVE].
  public static Route to(URI coordinator) {
    return new Route(coordinator, Optional.empty(), KEEP_ALIVE);
  }

  /// The same through a proxy.
  public Route through(InetSocketAddress proxy) {
    return new Route(coordinator, Optional.of(proxy), keepAlive);
  }

  /// The same with other pings.
  public Route withKeepAlive(Duration keepAlive) {
    return new Route(coordinator, proxy, keepAlive);
  }

  String host() {
    String host = coordinator.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  int port() {
    return coordinator.getPort();
  }

  /// Host and port, for messages.
  String where() {
    return coordinator.getHost() + ":" + port();
  }

  boolean overWebSockets() {
    return WEB_SOCKET.contains(coordinator.getScheme());
  }

  boolean secure() {
    return !PLAIN.contains(coordinator.getScheme());
  }
}
