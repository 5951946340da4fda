package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.transport.PortFigures;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// What the machine that the coordinator runs on may ask without a certificate: whether it lives,
/// whether it takes participants, and figures for Prometheus. Listens on the loopback interface
/// only and says nothing of data, models or keys.
public final class OperationsPort implements RunListener, AutoCloseable {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final RunFigures figures = new RunFigures();
  private final Supplier<PortFigures> port;

  private OperationsPort(HttpServer server, Supplier<PortFigures> port) {
    this.server = server;
    this.port = port;
  }

  /// Listens.
  ///
  /// @param number 0 for any free one
  /// @throws NodeException if the port is taken
  public static OperationsPort start(int number, Supplier<PortFigures> port) throws NodeException {
    HttpServer server;
    try {
      server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), number), 0);
    } catch (IOException failure) {
      throw new NodeException(
          Reason.PORT_IN_USE,
          "metrics_port: %d: %s (expected: a free port of this machine)"
              .formatted(number, failure.getMessage()),
          failure);
    }
    OperationsPort operations = new OperationsPort(server, port);
    server.setExecutor(operations.threads);
    server.createContext("/", operations::answer);
    server.start();
    return operations;
  }

  /// Where it listens.
  public int number() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean reads = exchange.getRequestMethod().equals("GET");
      switch (exchange.getRequestURI().getPath()) {
        case String _ when !reads -> say(exchange, 405, "GET only\n");
        case "/healthz" -> say(exchange, 200, "ok\n");
        case "/readyz" ->
            say(exchange, figures.isOver() ? 503 : 200, figures.isOver() ? "over\n" : "ready\n");
        case "/metrics" -> say(exchange, 200, figures.text(port.get()));
        default -> say(exchange, 404, "expected: /healthz, /readyz or /metrics\n");
      }
    }
  }

  private static void say(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", TEXT);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void on(RunEvent event) {
    figures.on(event);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
