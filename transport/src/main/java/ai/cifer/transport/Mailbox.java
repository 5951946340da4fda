package ai.cifer.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Messages between two threads, with an end or a failure behind the last one.
final class Mailbox<M> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<M> queue = new ArrayDeque<>();
  private final int capacity;
  private final Runnable taken;
  private boolean ended;
  private boolean deaf;
  private @Nullable IOException failure;

  /// @param capacity up to how many [#put] queues
  /// @param taken runs after each message that was taken, outside the lock
  Mailbox(int capacity, Runnable taken) {
    this.capacity = capacity;
    this.taken = taken;
  }

  /// Queues whatever the capacity: the source sends only what was asked for.
  void offer(M message) {
    lock.lock();
    try {
      if (!deaf && !ended && failure == null) {
        queue.add(message);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  void put(M message) throws IOException {
    lock.lock();
    try {
      while (queue.size() >= capacity && !deaf && !ended && failure == null) {
        changed.await();
      }
      if (failure != null) {
        throw rethrown(failure);
      }
      if (deaf || ended) {
        throw new IOException("the call has ended");
      }
      queue.add(message);
      changed.signalAll();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  @Nullable M take() throws IOException {
    M message;
    lock.lock();
    try {
      while (queue.isEmpty() && !deaf && !ended && failure == null) {
        changed.await();
      }
      if (deaf) {
        return null;
      }
      message = queue.poll();
      if (message == null) {
        if (failure != null) {
          throw rethrown(failure);
        }
        return null;
      }
      changed.signalAll();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
    taken.run();
    return message;
  }

  void end() {
    change(() -> ended = true);
  }

  void fail(IOException cause) {
    change(() -> {
      if (failure == null && !ended) {
        failure = cause;
      }
    });
  }

  void deafen() {
    change(() -> {
      deaf = true;
      queue.clear();
    });
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  static InterruptedIOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    var interrupted = new InterruptedIOException("interrupted while waiting for the other side");
    interrupted.initCause(cause);
    return interrupted;
  }

  /// A fresh exception for every caller, so that stack traces and suppressed ones do not mix.
  static IOException rethrown(IOException cause) {
    String message = String.valueOf(cause.getMessage());
    return cause instanceof LinkRefused refused
        ? new LinkRefused(refused.reason(), message, refused)
        : new IOException(message, cause);
  }
}
