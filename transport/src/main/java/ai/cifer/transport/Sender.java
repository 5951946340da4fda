package ai.cifer.transport;

import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The sending half of a call: waits until the connection has taken the message before, so that one
/// message of a call is queued at a time.
final class Sender<O> {
  /// What a kind of connection offers to senders.
  interface Outlet<O> {
    /// Whether the connection has taken what was given to it before. When that changes,
    /// [Sender#changed] is called.
    boolean isReady();

    /// @throws IOException if nobody will get it
    void next(O message) throws IOException;

    void end();
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Outlet<O> outlet;
  private boolean finished;
  private @Nullable IOException failure;

  Sender(Outlet<O> outlet) {
    this.outlet = outlet;
  }

  /// The connection may be ready now.
  void changed() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void put(O message) throws IOException {
    lock.lock();
    try {
      while (failure == null && !finished && !outlet.isReady()) {
        changed.await();
      }
      if (failure != null) {
        throw Mailbox.rethrown(failure);
      }
      if (finished) {
        throw new IOException("the call has ended");
      }
      outlet.next(message);
    } catch (InterruptedException e) {
      throw Mailbox.interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  void finish() {
    lock.lock();
    try {
      if (failure == null && !finished) {
        finished = true;
        outlet.end();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// The call has ended for this reason; waiting and later [#put] throw it.
  void fail(IOException cause) {
    lock.lock();
    try {
      if (failure == null) {
        failure = cause;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }
}
