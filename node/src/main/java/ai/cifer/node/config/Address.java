package ai.cifer.node.config;

import ai.cifer.node.NodeException;
import ai.cifer.transport.Route;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where the coordinator listens, and how a participant gets there. The coordinator takes every
/// transport on its one port, whatever the scheme of its own address.
///
/// @param scheme `https` for gRPC, `wss` for WebSockets; `http` and `ws` for the same without TLS
/// @param host a name or address without brackets
/// @param port 0 lets the system choose; only a coordinator may say so
/// @param proxy through which a participant connects; none for a coordinator
public record Address(String scheme, String host, int port, Optional<InetSocketAddress> proxy) {

  static final Set<String> KEYS = Set.of("base_api", "ip_address", "port", "use_secure");

  /// What participants may say beside [#KEYS].
  static final Set<String> PARTICIPANT_KEYS = Keys.union(KEYS, Set.of("proxy"));

  /// Every interface of a coordinator; a participant that reads the same file means this machine.
  private static final Set<String> EVERYWHERE = Set.of("0.0.0.0", "::");

  private static final int DEFAULT_PORT = 5000;
  static final int HIGHEST_PORT = 65535;

  /// The known schemes, and how the same transport is called with TLS.
  private static final Map<String, String> SECURE =
      Map.of("https", "https", "grpcs", "https", "http", "https", "wss", "wss", "ws", "wss");

  private static final Set<String> PLAIN = Set.of("http", "ws");

  /// Reads `base_api` or `ip_address`, `port` and `use_secure`.
  static Address from(Settings settings, int lowestPort) throws NodeException {
    if (settings.has("base_api") && settings.has("ip_address")) {
      throw settings.invalid("base_api and ip_address are both set (expected: one of them)");
    }
    String key = settings.has("ip_address") ? "ip_address" : "base_api";
    Optional<String> url = settings.text(key);
    if (url.isEmpty()) {
      throw settings.missing("base_api");
    }
    URI uri;
    try {
      uri = new URI(url.get());
    } catch (URISyntaxException malformed) {
      throw settings.invalid(key, "an address such as https://localhost or wss://localhost");
    }
    String scheme = scheme(settings, key, uri);
    String host = uri.getHost();
    if (host == null
        || uri.getUserInfo() != null
        || uri.getQuery() != null
        || uri.getFragment() != null
        || !(uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/"))) {
      throw settings.invalid(key, "scheme, host and at most a port, such as https://localhost");
    }
    long port = settings.integer("port", DEFAULT_PORT, lowestPort, HIGHEST_PORT);
    if (uri.getPort() >= 0 && !settings.has("port")) {
      port = uri.getPort();
      if (port < lowestPort || port > HIGHEST_PORT) {
        throw settings.invalid(key, "a port of %d to %d".formatted(lowestPort, HIGHEST_PORT));
      }
    }
    if (uri.getPort() >= 0 && uri.getPort() != port) {
      throw settings.invalid(
          "port %d in %s differs from port: %d (expected: the same, or only one of them)"
              .formatted(uri.getPort(), key, port));
    }
    Optional<InetSocketAddress> proxy = proxy(settings);
    if (proxy.isPresent() && PLAIN.contains(scheme)) {
      throw settings.invalid(
          "proxy is set (expected: only with https or wss; a link without encryption does not leave this machine)");
    }
    return new Address(scheme, host.replaceAll("^\\[|]$", ""), (int) port, proxy);
  }

  private static String scheme(Settings settings, String key, URI uri) throws NodeException {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean secure = settings.flag("use_secure", true);
    String cure = SECURE.get(scheme);
    if (cure == null) {
      throw settings.invalid(key, "an address such as https://localhost or wss://localhost");
    }
    boolean plain = PLAIN.contains(scheme);
    if (plain && secure) {
      throw settings.invalid(
          "%s: %s is not encrypted but use_secure is true (expected: %s://%s)"
              .formatted(key, uri, cure, uri.getAuthority()));
    }
    if (plain && !isLoopback(uri.getHost())) {
      throw settings.invalid(
          "%s: %s is not encrypted and not this machine itself (expected: %s://%s, or %s://localhost)"
              .formatted(key, uri, cure, uri.getAuthority(), scheme));
    }
    if (!plain && !secure) {
      throw settings.invalid(
          "use_secure: false contradicts %s: %s (expected: true, or %s://localhost)"
              .formatted(key, uri, cure.equals("wss") ? "ws" : "http"));
    }
    return plain ? scheme : cure;
  }

  /// Without a look at the name service: only what is loopback everywhere.
  private static boolean isLoopback(@Nullable String host) {
    if (host == null) {
      return false;
    }
    if (host.equals("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host.replaceAll("^\\[|]$", "")).isLoopbackAddress();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static Optional<InetSocketAddress> proxy(Settings settings) throws NodeException {
    Optional<String> text = settings.text("proxy");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(text.get());
      if ("http".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getPort() > 0
          && uri.getPort() <= HIGHEST_PORT
          && uri.getUserInfo() == null) {
        return Optional.of(InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort()));
      }
    } catch (URISyntaxException malformed) {
      throw settings.invalid("proxy", "a proxy such as http://proxy.example.org:3128");
    }
    throw settings.invalid("proxy", "a proxy such as http://proxy.example.org:3128");
  }

  /// Whether links are encrypted.
  public boolean isSecure() {
    return scheme.equals(SECURE.get(scheme));
  }

  /// As a person would type it.
  public URI uri() {
    return uri(host);
  }

  private URI uri(String name) {
    return URI.create(
        "%s://%s:%d".formatted(scheme, name.contains(":") ? "[" + name + "]" : name, port));
  }

  /// The way there for a participant.
  public Route route() {
    Route direct = Route.to(uri(EVERYWHERE.contains(host) ? "localhost" : host));
    return proxy.map(direct::through).orElse(direct);
  }
}
