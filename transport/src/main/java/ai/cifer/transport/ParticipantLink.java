package ai.cifer.transport;

import ai.cifer.transport.wire.Block;
import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.DownloadReply;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadOpen;
import ai.cifer.transport.wire.UploadReply;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The participant's half of every call, whatever carries it.
final class ParticipantLink implements Link {
  private static final String CLOSED_HERE = "closed by this side";

  /// How long a coordinator may take to let this side in. It waits half as long for each message.
  static final Duration ADMISSION_LIMIT = Opening.LIMIT.multipliedBy(2);

  /// How long a closing link may take to deliver what was sent before.
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(ParticipantLink.class);

  private final Calls calls;
  private final LinkHandler handler;
  private final Pipe<SessionFrame, SessionFrame> session;
  private final ByteString ticket;
  private final Thread reader;
  private final ReentrantLock sending = new ReentrantLock();
  private final Set<Pipe<?, ?>> streams = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable String> ended = new AtomicReference<>();
  private final AtomicBoolean closeBegun = new AtomicBoolean();

  private ParticipantLink(
      Calls calls,
      LinkHandler handler,
      Pipe<SessionFrame, SessionFrame> session,
      ByteString ticket) {
    this.ticket = ticket;
    this.calls = calls;
    this.handler = handler;
    this.session = session;
    this.reader = Thread.ofVirtual().name("cifer-link").unstarted(this::read);
  }

  /// Opens a session.
  static ParticipantLink open(Calls calls, Introduction introduction, LinkHandler handler)
      throws IOException {
    return open(calls, introduction, handler, ADMISSION_LIMIT);
  }

  /// Opens a session.
  ///
  /// @param limit how long that may take once there is a connection
  static ParticipantLink open(
      Calls calls, Introduction introduction, LinkHandler handler, Duration limit)
      throws IOException {
    Pipe<SessionFrame, SessionFrame> session = calls.session();
    Opening opening =
        Opening.begin(
            session,
            limit,
            new Fault(
                Fault.Kind.CLOSED,
                "the coordinator did not let this side in within " + limit.toSeconds() + " s"));
    ByteString ticket;
    try {
      ticket = introduction.over(session, calls);
    } catch (IOException e) {
      session.fail(Fault.of(e));
      throw e;
    } finally {
      opening.over();
    }
    var link = new ParticipantLink(calls, handler, session, ticket);
    link.reader.start();
    return link;
  }

  private void read() {
    String reason = "the coordinator ended the session";
    try {
      while (true) {
        SessionFrame frame = session.take();
        if (frame == null) {
          break;
        }
        if (frame.hasGoodbye()) {
          reason = Printable.of(frame.getGoodbye().getReason());
          break;
        }
        if (!frame.hasEnvelope()) {
          throw new ProtocolException("frame of a session: not an envelope");
        }
        handler.received(Frames.envelope(frame.getEnvelope()));
      }
    } catch (ProtocolException e) {
      session.fail(Fault.of(e));
      reason = String.valueOf(e.getMessage());
    } catch (IOException e) {
      reason = String.valueOf(e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      Fault fault = Fault.of(e);
      session.fail(fault);
      reason = "the handler of this side failed: " + e.getMessage();
    }
    ended.compareAndSet(null, reason);
    session.finish();
    failStreams();
    try {
      handler.closed(why());
    } catch (RuntimeException e) {
      LOG.error("A handler failed while it was told of the end of a link", e);
    }
  }

  private String why() {
    String reason = ended.get();
    return reason == null ? CLOSED_HERE : reason;
  }

  private void failStreams() {
    for (Pipe<?, ?> stream : streams) {
      stream.fail(new Fault(Fault.Kind.CLOSED, "the link is closed: " + why()));
    }
  }

  @Override
  public void send(Envelope envelope) throws IOException {
    SessionFrame frame = Frames.of(envelope);
    sending.lock();
    try {
      requireOpen();
      session.put(frame);
    } finally {
      sending.unlock();
    }
  }

  @Override
  public byte[] upload(String stream, BlockSource source) throws IOException {
    try (source) {
      StreamName.check(stream);
      long length = Blocks.length(stream, source);
      Pipe<UploadReply, UploadFrame> pipe = opened(calls.upload());
      try {
        pipe.put(
            UploadFrame.newBuilder()
                .setOpen(
                    UploadOpen.newBuilder().setStream(stream).setLength(length).setTicket(ticket))
                .build());
        UploadReply ready = pipe.take();
        if (ready == null || !ready.hasReady()) {
          throw new ProtocolException(stream + ": the coordinator's first reply is not ready");
        }
        long offset = ready.getReady().getOffset();
        if (offset < 0 || offset > length) {
          throw new ProtocolException(
              stream
                  + ": the coordinator wishes to go on at byte "
                  + Long.toUnsignedString(offset)
                  + " (expected: 0 to "
                  + length
                  + ")");
        }
        Blocks.send(
            stream,
            source,
            offset,
            length,
            block -> pipe.put(UploadFrame.newBuilder().setBlock(block).build()));
        pipe.finish();
        UploadReply receipt = pipe.take();
        if (receipt == null || !receipt.hasReceipt()) {
          throw new ProtocolException(stream + ": the coordinator gave no receipt");
        }
        if (pipe.take() != null) {
          throw new ProtocolException(stream + ": the coordinator goes on after the receipt");
        }
        return receipt.getReceipt().getBody().toByteArray();
      } finally {
        end(pipe);
      }
    }
  }

  @Override
  public void download(String stream, BlockSink sink) throws IOException {
    try (sink) {
      StreamName.check(stream);
      long offset = sink.offset();
      Pipe<DownloadReply, DownloadOpen> pipe =
          opened(
              calls.download(
                  DownloadOpen.newBuilder()
                      .setStream(stream)
                      .setOffset(offset)
                      .setTicket(ticket)
                      .build()));
      try {
        DownloadReply first = pipe.take();
        if (first == null || !first.hasAnnounced() || first.getAnnounced().getLength() < offset) {
          throw new ProtocolException(
              stream + ": the coordinator announced no length of at least " + offset);
        }
        Blocks.receive(
            stream,
            sink,
            offset,
            first.getAnnounced().getLength(),
            () -> block(stream, pipe.take()));
        if (pipe.take() != null) {
          throw new ProtocolException(stream + ": goes on after the announced length");
        }
        sink.complete();
      } finally {
        end(pipe);
      }
    }
  }

  private static @Nullable Block block(String stream, @Nullable DownloadReply reply)
      throws ProtocolException {
    if (reply != null && !reply.hasBlock()) {
      throw new ProtocolException(stream + ": a reply that is not a block");
    }
    return reply == null ? null : reply.getBlock();
  }

  private <I, O> Pipe<I, O> opened(Pipe<I, O> pipe) throws IOException {
    streams.add(pipe);
    try {
      requireOpen();
    } catch (IOException e) {
      end(pipe);
      throw e;
    }
    return pipe;
  }

  /// After success the call has ended already and this does nothing.
  private void end(Pipe<?, ?> pipe) {
    streams.remove(pipe);
    if (pipe.isOpen()) {
      pipe.fail(new Fault(Fault.Kind.CLOSED, "the participant gave up"));
    }
  }

  private void requireOpen() throws IOException {
    String reason = ended.get();
    if (reason != null) {
      throw new IOException("the link is closed: " + reason);
    }
  }

  @Override
  public boolean isOpen() {
    return ended.get() == null && session.isOpen();
  }

  @Override
  public void close() {
    if (closeBegun.compareAndSet(false, true)) {
      boolean first = ended.compareAndSet(null, CLOSED_HERE);
      failStreams();
      if (first) {
        Thread goodbye = Thread.ofVirtual().name("cifer-link-close").start(this::sayGoodbye);
        join(goodbye, GRACE);
        goodbye.interrupt();
      }
    }
    if (Thread.currentThread() != reader) {
      join(reader, GRACE);
      session.fail(new Fault(Fault.Kind.CLOSED, CLOSED_HERE));
      session.deafen();
      join(reader, GRACE);
    }
    calls.close();
  }

  private void sayGoodbye() {
    sending.lock();
    try {
      session.put(Frames.goodbye("closed by the participant"));
    } catch (IOException e) {
      LOG.debug("A link was lost before its end", e);
    } finally {
      sending.unlock();
    }
    session.finish();
  }

  private static void join(Thread thread, Duration limit) {
    try {
      thread.join(limit);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
