package ai.cifer.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/// A wire between two ports that can break like a killed process or a pulled plug.
final class Relay implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.0.1"));
  private final List<Socket> sockets = new java.util.concurrent.CopyOnWriteArrayList<>();
  private volatile boolean frozen;
  private volatile int target;
  private volatile String answer = "";

  Relay(int first) throws IOException {
    target = first;
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket in = listener.accept();
              if (!answer.isEmpty()) {
                sockets.add(in);
                Thread.ofVirtual().start(() -> answer(in));
                continue;
              }
              var out = new Socket(InetAddress.ofLiteral("127.0.0.1"), target);
              sockets.add(in);
              sockets.add(out);
              Thread.ofVirtual().start(() -> copy(in, out));
              Thread.ofVirtual().start(() -> copy(out, in));
            }
          } catch (IOException e) {
            frozen = true;
          }
        });
  }

  private void copy(Socket from, Socket to) {
    var buffer = new byte[64 << 10];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int count;
      while ((count = in.read(buffer)) >= 0) {
        if (!frozen) {
          out.write(buffer, 0, count);
        }
      }
    } catch (IOException e) {
      frozen = true;
    }
  }

  /// As a proxy whose coordinator is not there.
  private void answer(Socket in) {
    try (in) {
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.getInputStream().read());
      }
      in.getOutputStream()
          .write(
              RawConnection.ascii(
                  "HTTP/1.1 " + answer + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// From now on connections get this answer.
  void answer(String status) {
    answer = status;
  }

  /// From now on connections go elsewhere.
  void redirect(int port) {
    target = port;
  }

  int port() {
    return listener.getLocalPort();
  }

  void freeze() {
    frozen = true;
  }

  /// What the kernel does to the connections of a process that was killed with unread data.
  void reset() throws IOException {
    for (Socket socket : sockets) {
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    reset();
  }
}
