package ai.cifer.training.model.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A hub on the loopback address that serves a folder as `clinic/heart`.
public final class LoopbackHub implements AutoCloseable {

  /// The revision `v1` as a commit.
  static final String COMMIT = "0123456789".repeat(4);

  private final Path folder;
  private final HttpServer server;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile String list;
  private volatile String link = "";
  private volatile boolean stalls;

  private LoopbackHub(Path folder, HttpServer server, String list) {
    this.folder = folder;
    this.server = server;
    this.list = list;
  }

  public static LoopbackHub start(Path folder) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    LoopbackHub hub = new LoopbackHub(folder, server, list(folder));
    server.createContext("/", hub::answer);
    server.start();
    return hub;
  }

  public URI base() {
    return URI.create(
        "http://%s:%d/"
            .formatted(
                InetAddress.getLoopbackAddress().getHostAddress(), server.getAddress().getPort()));
  }

  /// The last parts of what was asked for, with ranges.
  List<String> requests() {
    return requests;
  }

  String list() {
    return list;
  }

  /// Has it list something else.
  void list(String other) {
    list = other;
  }

  /// Has it send a body less one byte and nothing more.
  void stalls() {
    stalls = true;
  }

  /// Has it answer with a header `Link`.
  void link(String value) {
    link = value;
  }

  /// Tensors are large files, the rest is in Git.
  private static String list(Path folder) throws Exception {
    List<String> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        byte[] bytes = Files.readAllBytes(file);
        MessageDigest git = MessageDigest.getInstance("SHA-1");
        git.update("blob %d\0".formatted(bytes.length).getBytes(StandardCharsets.US_ASCII));
        String sha = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        String name = file.getFileName().toString();
        String lfs =
            name.endsWith(".safetensors")
                ? ",\"lfs\":{\"oid\":\"%s\",\"size\":%d}".formatted(sha, bytes.length)
                : "";
        entries.add(
            "{\"type\":\"file\",\"path\":\"%s\",\"size\":%d,\"oid\":\"%s\"%s}"
                .formatted(name, bytes.length, HexFormat.of().formatHex(git.digest(bytes)), lfs));
      }
    }
    entries.add("{\"type\":\"directory\",\"path\":\"onnx\",\"size\":0,\"oid\":\"\"}");
    return entries.stream().collect(Collectors.joining(",", "[", "]"));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String range = exchange.getRequestHeaders().getFirst("Range");
    requests.add(path.substring(path.lastIndexOf('/') + 1) + (range == null ? "" : " " + range));
    byte[] body;
    int status = 200;
    if (path.matches("/api/models/clinic/heart/tree/(v1|" + COMMIT + ")")) {
      body = list.getBytes(StandardCharsets.UTF_8);
    } else if (path.matches("/clinic/heart/resolve/(v1|" + COMMIT + ")/.*")) {
      body = Files.readAllBytes(folder.resolve(path.substring(path.lastIndexOf('/') + 1)));
      if (range != null) {
        int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
        body = Arrays.copyOfRange(body, from, body.length);
        status = 206;
      }
    } else {
      body = new byte[] {'n', 'o'};
      status = 404;
    }
    if (!link.isEmpty()) {
      exchange.getResponseHeaders().set("Link", link);
    }
    exchange.sendResponseHeaders(status, body.length);
    if (stalls) {
      exchange.getResponseBody().write(body, 0, body.length - 1);
      exchange.getResponseBody().flush();
      return;
    }
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
