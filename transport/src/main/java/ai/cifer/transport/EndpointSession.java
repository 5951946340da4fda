package ai.cifer.transport;

import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.Welcome;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The coordinator's half of a session.
///
/// Two virtual threads: the one in [#run] takes frames and is the only one that calls the handler;
/// a writer puts what [#send] queued. `send` never blocks, so a participant that does not read can
/// hold up nobody; the price is a bound on the queue.
final class EndpointSession implements Session {
  /// What may wait for a participant that does not read.
  static final long MAX_WAITING_BYTES = 64L << 20;

  /// Added to a body for the frame objects, so that many empty envelopes are bounded too.
  private static final int FRAME_OVERHEAD_BYTES = 256;

  /// How long a closed session may take to deliver what was sent before.
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(EndpointSession.class);

  private final Caller caller;
  private final Doorkeeper doorkeeper;
  private final Refusals refusals;
  private final Pipe<SessionFrame, SessionFrame> pipe;
  private final EndpointHandler handler;
  private final ThreadFactory threads;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private volatile @Nullable String closing;
  private volatile boolean lost;
  private volatile boolean goodbye;

  /// Who it is; null until the opening is over.
  private volatile Doorkeeper.@Nullable Guest guest;

  /// @param bytes what it holds in memory while it waits
  private record Waiting(Supplier<Optional<Envelope>> envelope, long bytes) {}

  EndpointSession(
      Caller caller,
      Doorkeeper doorkeeper,
      Refusals refusals,
      Pipe<SessionFrame, SessionFrame> pipe,
      EndpointHandler handler,
      ThreadFactory threads) {
    this.caller = caller;
    this.doorkeeper = doorkeeper;
    this.refusals = refusals;
    this.pipe = pipe;
    this.handler = handler;
    this.threads = threads;
  }

  /// Lives as long as the session.
  void run() {
    Opening opening = Opening.begin(pipe);
    try {
      Doorkeeper.Guest admitted = admit();
      guest = admitted;
      opening.over();
      try {
        serve(admitted);
      } finally {
        doorkeeper.leave(admitted);
      }
    } catch (Exception | LinkageError e) {
      opening.over();
      end("refused");
      String own = closing;
      if (own != null) {
        // What came of it is this side's doing, whatever the exception says.
        pipe.fail(new Fault(Fault.Kind.CLOSED, own));
        return;
      }
      Fault fault = Fault.of(e);
      refusals.refused(caller, fault.message());
      pipe.fail(fault);
    }
  }

  private Doorkeeper.Guest admit() throws IOException {
    SessionFrame first = pipe.take();
    if (first == null || !first.hasHello() || first.getHello().getVersion() != Frames.VERSION) {
      throw new ProtocolException(
          first != null && first.hasHello()
              ? "protocol version: "
                  + Integer.toUnsignedString(first.getHello().getVersion())
                  + " (expected: "
                  + Frames.VERSION
                  + "; use the same release on both sides)"
              : "first frame of a session: not hello");
    }
    return doorkeeper.admit(caller, first.getHello(), pipe);
  }

  /// @throws LinkRefused if the handler turns it away
  private void serve(Doorkeeper.Guest admitted) throws LinkRefused {
    handler.opened(this);
    Thread writer = threads.newThread(() -> write(admitted.welcome()));
    writer.start();
    String reason = receive();
    try {
      handler.closed(this, reason);
    } catch (RuntimeException e) {
      LOG.error("A handler failed while it was told of the end of a session", e);
    }
    endWriter(writer);
  }

  private String receive() {
    while (true) {
      SessionFrame frame;
      try {
        frame = pipe.take();
      } catch (IOException e) {
        return end(String.valueOf(e.getMessage()));
      }
      if (frame == null) {
        return end("closed by the participant");
      }
      try {
        switch (frame.getContentCase()) {
          case ENVELOPE -> handler.received(this, Frames.envelope(frame.getEnvelope()));
          case GOODBYE -> {
            goodbye = true;
            return end(Printable.of(frame.getGoodbye().getReason()));
          }
          default -> throw new ProtocolException("frame of a session: not an envelope");
        }
      } catch (Exception | LinkageError e) {
        Fault fault = Fault.of(e);
        if (fault.kind() == Fault.Kind.INVALID) {
          refusals.refused(caller, fault.message());
        }
        close(fault.message());
      }
    }
  }

  /// The reason of this side, if it has one, else the given one.
  private String end(String reason) {
    lock.lock();
    try {
      String own = closing;
      if (own != null) {
        return own;
      }
      lost = true;
      changed.signalAll();
      return reason;
    } finally {
      lock.unlock();
    }
  }

  private void write(Welcome welcome) {
    try {
      pipe.put(SessionFrame.newBuilder().setWelcome(welcome).build());
      for (Waiting next = next(); next != null; next = next()) {
        Optional<Envelope> envelope = next.envelope().get();
        if (envelope.isPresent()) {
          pipe.put(Frames.of(envelope.get()));
        }
      }
      String reason = closing;
      if (!lost && reason != null) {
        pipe.put(Frames.goodbye(reason));
      }
      pipe.finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The reading thread gets the same end and reports it.
      LOG.debug("A session ended while envelopes waited for it", e);
    } catch (RuntimeException e) {
      LOG.error("An envelope could not be made when its turn came", e);
      close("the coordinator failed");
    }
  }

  private @Nullable Waiting next() throws InterruptedException {
    lock.lock();
    try {
      while (waiting.isEmpty() && closing == null && !lost) {
        changed.await();
      }
      if (lost) {
        return null;
      }
      Waiting next = waiting.poll();
      if (next != null) {
        waitingBytes -= next.bytes();
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void endWriter(Thread writer) {
    try {
      if (!writer.join(GRACE)) {
        writer.interrupt();
      }
    } catch (InterruptedException e) {
      writer.interrupt();
      Thread.currentThread().interrupt();
    }
    if (pipe.isOpen()) {
      String reason = closing;
      pipe.fail(new Fault(Fault.Kind.CLOSED, reason == null ? "the session has ended" : reason));
    }
  }

  @Override
  public X509Certificate peer() {
    Doorkeeper.Guest known = guest;
    if (known == null) {
      throw new IllegalStateException("peer: asked for before the session was opened");
    }
    return known.certificate();
  }

  @Override
  public void send(Envelope envelope) {
    Optional<Envelope> made = Optional.of(envelope);
    send(new Waiting(() -> made, (long) envelope.body().length + FRAME_OVERHEAD_BYTES));
  }

  @Override
  public void sendLater(Supplier<Optional<Envelope>> envelope) {
    send(new Waiting(envelope, FRAME_OVERHEAD_BYTES));
  }

  private void send(Waiting next) {
    long overflow = 0;
    lock.lock();
    try {
      if (closing != null || lost) {
        return;
      }
      waiting.add(next);
      waitingBytes += next.bytes();
      if (waitingBytes > MAX_WAITING_BYTES) {
        overflow = waitingBytes;
        waiting.clear();
        waitingBytes = 0;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (overflow > 0) {
      close("the participant does not read: " + overflow + " bytes were waiting for it");
    }
  }

  /// What waits for the participant.
  long waitingBytes() {
    lock.lock();
    try {
      return waitingBytes;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isOpen() {
    lock.lock();
    try {
      return closing == null && !lost && pipe.isOpen();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean saidGoodbye() {
    return goodbye;
  }

  @Override
  public void close(String reason) {
    lock.lock();
    try {
      if (closing == null && !lost) {
        closing = Printable.of(reason);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    pipe.deafen();
  }

  @Override
  public String toString() {
    Doorkeeper.Guest known = guest;
    return "Session["
        + (known == null
            ? "nobody yet"
            : Printable.of(known.certificate().getSubjectX500Principal().getName()))
        + "]";
  }
}
