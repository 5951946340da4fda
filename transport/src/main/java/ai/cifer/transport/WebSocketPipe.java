package ai.cifer.transport;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.linecorp.armeria.common.websocket.WebSocket;
import com.linecorp.armeria.common.websocket.WebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocketFrameType;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// One end of a call over a WebSocket of its own. A binary message is a message of the call; a text
/// message, [#OK] or a status with its reason, says that its sender has said everything.
///
/// Flow control is TCP's: the next message is asked for when the one before was taken, Armeria
/// stops reading from the socket when 128 KiB more have come, and the peer's [Sender] waits.
final class WebSocketPipe<I extends Message, O extends MessageLite>
    implements Pipe<I, O>, Sender.Outlet<O>, Subscriber<WebSocketFrame> {
  /// What a side says that has said everything.
  static final String OK = "OK";

  /// What is said of bytes that are none of its messages.
  static final String MALFORMED = "a message that is no protobuf of this call";

  /// One message on its way to the socket and one behind it, so that the socket need not wait for
  /// this side's thread.
  private static final int MOST_UNSENT = 2;

  /// A status with its reason.
  private static final int MOST_TEXT_BYTES = 1024;

  /// How long the other side may take to answer that this one closes.
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(2);

  /// What the end of a call means on one side.
  interface Side {
    /// Whether this side's finish ends the call.
    boolean endsCall();

    /// @param line what the other side said instead of [#OK]
    IOException told(String line);

    IOException lost(Throwable cause);
  }

  private final Side side;
  private final Parser<I> parser;
  private final WebSocket in;
  private final WebSocketWriter out;
  private final EventLoop loop;
  private final long keepAliveNanos;
  private final Future<?> heartbeat;

  private final Sender<O> sender = new Sender<>(this);
  private final Mailbox<byte[]> inbox = new Mailbox<>(1, this::demand);
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final AtomicInteger unsent = new AtomicInteger();
  private final Fragments fragments = new Fragments(Frames.MAX_MESSAGE_BYTES);

  private volatile @Nullable Subscription subscription;

  /// Whether a message was asked for and has not come; silence is no sign of death otherwise.
  private volatile boolean listening;

  private volatile long heardNanos = System.nanoTime();
  private volatile boolean draining;

  // Used by the event loop only.
  private boolean heardEnd;
  private CompletableFuture<Void> beat = CompletableFuture.completedFuture(null);

  private WebSocketPipe(
      Side side,
      Parser<I> parser,
      WebSocket in,
      WebSocketWriter out,
      EventLoop loop,
      Duration keepAlive) {
    this.side = side;
    this.parser = Incoming.parser(parser);
    this.in = in;
    this.out = out;
    this.loop = loop;
    this.keepAliveNanos = keepAlive.toNanos();
    this.heartbeat =
        loop.scheduleAtFixedRate(this::beat, keepAliveNanos, keepAliveNanos, TimeUnit.NANOSECONDS);
  }

  static <I extends Message, O extends MessageLite> WebSocketPipe<I, O> of(
      Side side,
      Parser<I> parser,
      WebSocket in,
      WebSocketWriter out,
      EventLoop loop,
      Duration keepAlive) {
    var pipe = new WebSocketPipe<I, O>(side, parser, in, out, loop, keepAlive);
    in.subscribe(pipe, loop);
    return pipe;
  }

  private void demand() {
    heardNanos = System.nanoTime();
    listening = true;
    Subscription asked = subscription;
    if (asked != null) {
      asked.request(1);
    }
  }

  /// Shows life, and looks for it. A peer that does not read is not pinged again and again.
  private void beat() {
    if (listening && System.nanoTime() - heardNanos > 2 * keepAliveNanos) {
      var silent =
          new IOException(
              "no sign of life for " + TimeUnit.NANOSECONDS.toSeconds(2 * keepAliveNanos) + " s");
      lost(silent);
      abort();
    } else if (beat.isDone() && out.tryWrite(WebSocketFrame.ofPing())) {
      beat = out.whenConsumed();
    }
  }

  @Override
  public void onSubscribe(Subscription s) {
    subscription = s;
    demand();
  }

  @Override
  public void onNext(WebSocketFrame frame) {
    heardNanos = System.nanoTime();
    if (draining) {
      demand();
      return;
    }
    switch (frame.type()) {
      case PING -> {
        if (beat.isDone() && out.tryWrite(WebSocketFrame.ofPong(frame.array()))) {
          beat = out.whenConsumed();
        }
        demand();
      }
      case PONG -> demand();
      case CLOSE -> {
        if (mayBeHeard()) {
          lost(new IOException("the other side closed the WebSocket"));
        }
        out.close();
        demand();
      }
      default -> data(frame);
    }
  }

  private void data(WebSocketFrame frame) {
    WebSocketFrameType type;
    byte[] whole;
    try {
      whole = fragments.add(frame);
      type = fragments.type();
    } catch (ProtocolException violation) {
      fail(Fault.of(violation));
      return;
    }
    if (whole == null) {
      demand();
    } else if (heardEnd || (type == WebSocketFrameType.TEXT && whole.length > MOST_TEXT_BYTES)) {
      fail(new Fault(Fault.Kind.INVALID, "a message after the last one, or a text too long"));
    } else if (type == WebSocketFrameType.TEXT) {
      heardEnd = true;
      end(Printable.of(new String(whole, java.nio.charset.StandardCharsets.UTF_8)));
      demand();
    } else {
      listening = false;
      inbox.offer(whole);
    }
  }

  /// The other side has said everything, well or not.
  private void end(String line) {
    if (!line.equals(OK)) {
      fail(side.told(line));
      close();
    } else if (side.endsCall()) {
      inbox.end();
    } else {
      open.set(false);
      sender.fail(new IOException("the coordinator ended the call"));
      inbox.end();
      close();
    }
  }

  private void fail(IOException reason) {
    open.set(false);
    sender.fail(reason);
    inbox.fail(reason);
  }

  private void lost(Throwable cause) {
    fail(side.lost(cause));
  }

  @Override
  public void onError(Throwable cause) {
    heartbeat.cancel(false);
    lost(cause);
  }

  @Override
  public void onComplete() {
    heartbeat.cancel(false);
    if (mayBeHeard()) {
      lost(new IOException("the other side closed the connection"));
    }
    out.close();
  }

  /// Whether the call goes on: a participant has said everything when its download begins.
  private boolean mayBeHeard() {
    return !heardEnd || open.get();
  }

  @Override
  public @Nullable I take() throws IOException {
    byte[] message = inbox.take();
    if (message == null) {
      return null;
    }
    try {
      return Incoming.parse(parser, message);
    } catch (InvalidProtocolBufferException e) {
      var malformed = new ProtocolException(MALFORMED);
      malformed.initCause(e);
      throw malformed;
    }
  }

  @Override
  public void put(O message) throws IOException {
    sender.put(message);
  }

  @Override
  public boolean isReady() {
    return unsent.get() < MOST_UNSENT;
  }

  @Override
  public void next(O message) throws IOException {
    if (!out.tryWrite(WebSocketFrame.ofBinary(message.toByteArray()))) {
      throw side.lost(new IOException("the WebSocket is closed"));
    }
    unsent.incrementAndGet();
    var _ =
        out.whenConsumed()
            .whenComplete((_, _) -> {
              unsent.decrementAndGet();
              sender.changed();
            });
  }

  @Override
  public void end() {
    say(OK);
    if (side.endsCall()) {
      close();
    }
  }

  /// Where the WebSocket is closed already, nobody hears it.
  private void say(String line) {
    var _ = out.tryWrite(WebSocketFrame.ofText(line));
  }

  @Override
  public void finish() {
    if (!side.endsCall()) {
      if (open.get()) {
        sender.finish();
      }
    } else if (open.compareAndSet(true, false)) {
      sender.finish();
      inbox.end();
    }
  }

  @Override
  public void fail(Fault fault) {
    if (open.compareAndSet(true, false)) {
      fail(fault.toException());
      say(NetworkFaults.line(fault));
      close();
    }
  }

  /// Lets what was said leave, hears nothing more, and cuts the connection if that takes too long.
  private void close() {
    out.close();
    draining = true;
    demand();
    Future<?> cut = loop.schedule(this::abort, CLOSE_GRACE.toNanos(), TimeUnit.NANOSECONDS);
    var _ =
        in.whenComplete()
            .whenComplete((_, _) -> {
              cut.cancel(false);
              heartbeat.cancel(false);
            });
  }

  private void abort() {
    heartbeat.cancel(false);
    out.abort();
    in.abort();
  }

  @Override
  public void deafen() {
    inbox.deafen();
  }

  @Override
  public boolean isOpen() {
    return open.get();
  }
}
