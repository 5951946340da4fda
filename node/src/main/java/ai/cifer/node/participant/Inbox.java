package ai.cifer.node.participant;

import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.LinkHandler;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What came over a link, taken in order by the participant's own thread.
///
/// A bounded number of envelopes waits; then the link is not read until one is taken, so that a
/// coordinator cannot fill the participant's memory. The end of the link waits for nobody, and once
/// nobody takes any more, close this before the link: whoever still brings something is let go.
final class Inbox implements LinkHandler, AutoCloseable {

  /// What arrived.
  sealed interface Item {
    record Arrived(Envelope envelope) implements Item {}

    record Closed(String reason) implements Item {}
  }

  private static final int CAPACITY = 8;

  /// What was sent before the link was lost is here long before that.
  private static final long LAST_WORDS_NANOS = 2_000_000_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Envelope> waiting = new ArrayDeque<>();
  private @Nullable String ended;
  private boolean closed;
  private boolean used;

  @Override
  public void received(Envelope envelope) {
    lock.lock();
    try {
      // Whoever connects is told the outline, also by a coordinator that then drops everybody.
      used |= !envelope.kind().equals(Kinds.OUTLINE);
      while (waiting.size() == CAPACITY && !closed) {
        changed.await();
      }
      if (!closed && ended == null) {
        waiting.add(envelope);
        changed.signalAll();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void closed(String reason) {
    lock.lock();
    try {
      ended = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The next envelope, and after the last one the end of the link.
  Item take() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        Envelope next = waiting.poll();
        if (next != null) {
          changed.signalAll();
          return new Item.Arrived(next);
        }
        if (ended != null) {
          return new Item.Closed(ended);
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /// How the run ended, if that is among what came before the link was lost. Whoever finds out by
  /// sending that the link is gone has not read all of it.
  Optional<Ending> lastWords() throws InterruptedException {
    lock.lock();
    try {
      long left = LAST_WORDS_NANOS;
      while (ended == null && left > 0) {
        left = changed.awaitNanos(left);
      }
      for (Envelope envelope = waiting.poll(); envelope != null; envelope = waiting.poll()) {
        if (envelope.kind().equals(ControlMessage.kind(ControlMessage.RunEnd.class))) {
          return Optional.of(Ending.of(envelope));
        }
      }
      return Optional.empty();
    } catch (IOException malformed) {
      return Optional.empty();
    } finally {
      changed.signalAll();
      lock.unlock();
    }
  }

  /// Whether anything came over the link but the outline.
  boolean isUsed() {
    lock.lock();
    try {
      return used;
    } finally {
      lock.unlock();
    }
  }

  /// Drops what waits and whatever still comes.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      waiting.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
