package ai.cifer.transport;

import io.grpc.stub.CallStreamObserver;
import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The sending half of a gRPC call: waits until the connection has taken the message before, so
/// that one message of a call is queued at a time.
final class GrpcSender<O> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final CallStreamObserver<O> out;
  private boolean finished;
  private @Nullable IOException failure;

  GrpcSender(CallStreamObserver<O> out) {
    this.out = out;
    out.setOnReadyHandler(this::signal);
  }

  private void signal() {
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
      while (failure == null && !finished && !out.isReady()) {
        changed.await();
      }
      if (failure != null) {
        throw Mailbox.rethrown(failure);
      }
      if (finished) {
        throw new IOException("the call has ended");
      }
      out.onNext(message);
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
        out.onCompleted();
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
