package ai.cifer.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// A bad network between a participant and the coordinator: links are reset, or die without a word,
/// or everything takes long.
final class Relay implements AutoCloseable {
  private static final int CHUNK = 1 << 13;

  /// What it does to bytes.
  enum Weather {
    FAIR,
    /// Every piece comes 200 ms later, and a megabyte takes a second.
    SLOW,
    /// Nothing comes through, and nobody is told.
    DEAD
  }

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile Weather weather = Weather.FAIR;

  private Relay(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /// Listens on a free port and hands everything on to `target` on this machine.
  static Relay to(int target) throws IOException {
    Relay relay = new Relay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    Thread.ofVirtual().start(relay::accept);
    return relay;
  }

  int port() {
    return listener.getLocalPort();
  }

  void weather(Weather next) {
    weather = next;
  }

  /// Ends all links with a reset.
  void reset() throws IOException {
    for (Socket socket : sockets) {
      // A linger of no time makes close send RST instead of FIN.
      socket.setSoLinger(true, 0);
      socket.close();
    }
    sockets.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket participant = listener.accept();
        Thread.ofVirtual().start(() -> connect(participant));
      }
    } catch (IOException closed) {
      listenerClosed();
    }
  }

  private void connect(Socket participant) {
    try {
      Socket coordinator = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(participant);
      sockets.add(coordinator);
      Thread.ofVirtual().start(() -> copy(participant, coordinator));
      copy(coordinator, participant);
    } catch (IOException nobodyThere) {
      end(participant);
    }
  }

  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        await(count);
        if (weather != Weather.DEAD) {
          out.write(buffer, 0, count);
          out.flush();
        }
      }
    } catch (IOException ended) {
      // The other direction ends with this one.
    } finally {
      end(from);
      end(to);
    }
  }

  private void await(int bytes) {
    if (weather == Weather.SLOW) {
      LockSupport.parkNanos(1_000L * bytes + (bytes < CHUNK ? 200_000_000L : 0));
    }
  }

  private void end(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException ending) {
      throw new java.io.UncheckedIOException(ending);
    }
  }

  private void listenerClosed() {
    Set.copyOf(sockets).forEach(this::end);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
