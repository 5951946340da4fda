package ai.cifer.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An HTTP/1.1 proxy that knows CONNECT (RFC 9110, section 9.3.6) and nothing else, as at the
/// border of many networks.
final class ConnectProxy implements AutoCloseable {
  private static final Pattern CONNECT =
      Pattern.compile("CONNECT (?<host>[^ :]+):(?<port>\\d+) HTTP/1\\.1\r\n.*", Pattern.DOTALL);
  private static final int MOST_HEADER_BYTES = 8192;

  private final ServerSocket listener;
  private final AtomicInteger tunnels = new AtomicInteger();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  private ConnectProxy(ServerSocket listener) {
    this.listener = listener;
  }

  static ConnectProxy start() throws IOException {
    ConnectProxy proxy =
        new ConnectProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().start(proxy::accept);
    return proxy;
  }

  int port() {
    return listener.getLocalPort();
  }

  /// How many it has made.
  int tunnels() {
    return tunnels.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket in = listener.accept();
        Thread.ofVirtual().start(() -> serve(in));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket in) {
    sockets.add(in);
    try (in) {
      Matcher asked = CONNECT.matcher(header(in.getInputStream()));
      if (!asked.matches()) {
        in.getOutputStream().write(ascii("HTTP/1.1 405 Method Not Allowed\r\n\r\n"));
        return;
      }
      try (Socket out = new Socket(asked.group("host"), Integer.parseInt(asked.group("port")))) {
        sockets.add(out);
        tunnels.incrementAndGet();
        in.getOutputStream().write(ascii("HTTP/1.1 200 OK\r\n\r\n"));
        Thread up = Thread.ofVirtual().start(() -> copy(in, out));
        copy(out, in);
        up.join();
      }
    } catch (IOException lost) {
      // Whoever is at the ends sees it, too.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static String header(InputStream in) throws IOException {
    StringBuilder header = new StringBuilder();
    while (header.length() < MOST_HEADER_BYTES && header.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      header.append((char) next);
    }
    return header.toString();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException lost) {
      // The other direction sees it, too.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
