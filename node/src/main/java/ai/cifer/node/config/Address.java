package ai.cifer.node.config;

import ai.cifer.node.NodeException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;

/// Where the coordinator listens.
///
/// @param host a name or address without brackets
/// @param port 0 lets the system choose; only a coordinator may say so
public record Address(String host, int port) {

  static final Set<String> KEYS = Set.of("base_api", "ip_address", "port", "use_secure");

  private static final int DEFAULT_PORT = 5000;
  private static final int HIGHEST_PORT = 65535;

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
      throw settings.invalid(key, "an address such as https://localhost");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    boolean secure = settings.flag("use_secure", true);
    switch (scheme) {
      case "https", "grpcs" -> {}
      case "wss", "ws" ->
          throw settings.invalid(
              "%s: %s: WebSocket is not available in this version (expected: https://%s)"
                  .formatted(key, url.get(), uri.getHost()));
      case "http" ->
          throw settings.invalid(
              "%s: %s is not encrypted%s (expected: https://%s)"
                  .formatted(
                      key, url.get(), secure ? " but use_secure is true" : "", uri.getHost()));
      default -> throw settings.invalid(key, "an address such as https://localhost");
    }
    if (!secure) {
      throw settings.invalid("use_secure", "true; links without TLS are not available");
    }
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
    return new Address(host.replaceAll("^\\[|]$", ""), (int) port);
  }

  /// The address as a client connects to it.
  public URI uri() {
    return URI.create(
        "https://%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, port));
  }
}
