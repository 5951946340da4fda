package ai.cifer.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// A wire between a participant and the coordinator that can get stuck, or damage what it carries:
/// it hands bytes on, which it cannot read.
final class FaultyWire implements AutoCloseable {
  /// Where on its way to the participant a connection is damaged: behind its beginning, in the
  /// first download of the model that federations usually train.
  private static final long DAMAGED_AT = 40_000;

  /// What becomes of some bytes on their way to the participant.
  enum Damage {
    FLIPPED_BIT,
    REPEATED,
    REORDERED,
    CUT
  }

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong up = new AtomicLong();
  private final AtomicLong down = new AtomicLong();
  private final AtomicLong allowance = new AtomicLong(Long.MAX_VALUE);
  private final CountDownLatch stalled = new CountDownLatch(1);
  private final Queue<Damage> damages = new ConcurrentLinkedQueue<>();

  private FaultyWire(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /// Listens on a free port and hands everything on to `target` on this machine.
  static FaultyWire to(int target) throws IOException {
    FaultyWire proxy =
        new FaultyWire(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
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

  /// Damages the connections to come, each in one way.
  void damage(Damage... ways) {
    damages.addAll(List.of(ways));
  }

  /// Ways of damage to come.
  int damagesLeft() {
    return damages.size();
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
        Thread.ofVirtual().start(() -> copyUp(participant, coordinator));
        Thread.ofVirtual().start(() -> copyDown(coordinator, participant));
      }
    } catch (IOException closed) {
      close();
    }
  }

  private void copyUp(Socket from, Socket to) {
    byte[] buffer = new byte[1 << 14];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        up.addAndGet(count);
        if (allowance.addAndGet(-count) < 0) {
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

  private void copyDown(Socket from, Socket to) {
    byte[] buffer = new byte[1 << 14];
    long passed = 0;
    boolean damaged = false;
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        down.addAndGet(count);
        passed += count;
        if (passed >= DAMAGED_AT && !damaged && !damages.isEmpty()) {
          damaged = true;
          write(damages.remove(), Arrays.copyOf(buffer, count), in, out);
        } else {
          out.write(buffer, 0, count);
        }
        out.flush();
      }
    } catch (IOException ended) {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private static void write(Damage way, byte[] bytes, InputStream in, OutputStream out)
      throws IOException {
    switch (way) {
      case FLIPPED_BIT -> {
        bytes[bytes.length / 2] ^= 1;
        out.write(bytes);
      }
      case REPEATED -> {
        out.write(bytes);
        out.write(bytes);
      }
      case REORDERED -> {
        int half = bytes.length / 2;
        out.write(bytes, half, bytes.length - half);
        out.write(bytes, 0, half);
      }
      case CUT -> {
        out.write(bytes, 0, bytes.length / 2);
        in.close();
      }
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
