package ai.cifer.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// A wire between a participant and the coordinator that can get stuck: it hands bytes on, which it
/// cannot read, until it has had enough.
final class StallingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong up = new AtomicLong();
  private final AtomicLong down = new AtomicLong();
  private final AtomicLong allowance = new AtomicLong(Long.MAX_VALUE);
  private final CountDownLatch stalled = new CountDownLatch(1);

  private StallingProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /// Listens on a free port and hands everything on to `target` on this machine.
  static StallingProxy to(int target) throws IOException {
    StallingProxy proxy =
        new StallingProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    Thread.ofVirtual().start(proxy::accept);
    return proxy;
  }

  int port() {
    return listener.getLocalPort();
  }

  /// After `bytes` more from the participant nothing is handed on any more.
  void stallAfter(long bytes) {
    allowance.set(bytes);
  }

  /// Bytes from the participant so far.
  long up() {
    return up.get();
  }

  /// Bytes to the participant so far.
  long down() {
    return down.get();
  }

  boolean isStalled() {
    return stalled.getCount() == 0;
  }

  private void accept() {
    try {
      while (true) {
        Socket participant = listener.accept();
        Socket coordinator = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(participant);
        sockets.add(coordinator);
        Thread.ofVirtual().start(() -> copy(participant, coordinator, true));
        Thread.ofVirtual().start(() -> copy(coordinator, participant, false));
      }
    } catch (IOException closed) {
      close();
    }
  }

  private void copy(Socket from, Socket to, boolean isUp) {
    byte[] buffer = new byte[1 << 14];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        (isUp ? up : down).addAndGet(count);
        if (isUp && allowance.addAndGet(-count) < 0) {
          stalled.countDown();
          // Only the end of the participant ends this wait.
          count = in.read(buffer);
          while (count >= 0) {
            count = in.read(buffer);
          }
          return;
        }
        out.write(buffer, 0, count);
        out.flush();
      }
    } catch (IOException ended) {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException ending) {
      throw new java.io.UncheckedIOException(ending);
    }
  }
}
