package ai.cifer.transport;

import ai.cifer.transport.wire.Announced;
import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.DownloadReply;
import ai.cifer.transport.wire.Ready;
import ai.cifer.transport.wire.Receipt;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadReply;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// The coordinator's half of every call, whatever carries it. Each call runs on a virtual thread of
/// its own.
final class EndpointCalls {
  private static final String CLOSING = "the coordinator closes";

  /// How long running streams may go on after the endpoint was closed.
  private static final Duration STREAM_GRACE = Duration.ofSeconds(2);

  /// How long handlers may take to return after that.
  private static final Duration HANDLER_GRACE = Duration.ofSeconds(10);

  /// As many as a connection carries, each twice while its participant reconnects.
  static final int MOST_STREAMS = 2 * Windows.STREAMS;

  private final Quota quota = new Quota("streams", MOST_STREAMS);
  private final EndpointHandler handler;
  private final Doorkeeper doorkeeper;
  private final Refusals refusals;
  private final ThreadFactory threads = Thread.ofVirtual().name("cifer-endpoint-", 0).factory();
  private final ExecutorService sessionThreads = Executors.newThreadPerTaskExecutor(threads);
  private final ExecutorService streamThreads = Executors.newThreadPerTaskExecutor(threads);
  private final Set<EndpointSession> sessions = ConcurrentHashMap.newKeySet();
  private final Set<Pipe<?, ?>> streams = ConcurrentHashMap.newKeySet();
  private final LongAdder received = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private volatile boolean closed;

  EndpointCalls(EndpointHandler handler, Doorkeeper doorkeeper, Refusals refusals) {
    this.handler = handler;
    this.doorkeeper = doorkeeper;
    this.refusals = refusals;
  }

  void session(Caller caller, Pipe<SessionFrame, SessionFrame> pipe) {
    var session = new EndpointSession(caller, doorkeeper, refusals, pipe, handler, threads);
    start(
        sessionThreads,
        pipe,
        () -> {
          sessions.add(session);
          try {
            if (closed) {
              session.close(CLOSING);
              pipe.fail(new Fault(Fault.Kind.CLOSED, CLOSING));
              return;
            }
            session.run();
          } finally {
            sessions.remove(session);
          }
        });
  }

  void upload(Caller caller, Pipe<UploadFrame, UploadReply> pipe) {
    stream(caller, pipe, () -> receive(caller, pipe));
  }

  void download(Caller caller, Pipe<DownloadOpen, DownloadReply> pipe) {
    stream(caller, pipe, () -> serve(caller, pipe));
  }

  private void stream(Caller caller, Pipe<?, ?> pipe, Stream work) {
    start(
        streamThreads,
        pipe,
        () -> {
          streams.add(pipe);
          try {
            work.run();
            pipe.finish();
          } catch (ProtocolException e) {
            refusals.refused(caller, String.valueOf(e.getMessage()));
            pipe.fail(Fault.of(e));
          } catch (Exception | LinkageError e) {
            pipe.fail(Fault.of(e));
          } finally {
            streams.remove(pipe);
          }
        });
  }

  private static void start(ExecutorService executor, Pipe<?, ?> pipe, Runnable work) {
    try {
      executor.execute(work);
    } catch (RejectedExecutionException _) {
      pipe.fail(new Fault(Fault.Kind.CLOSED, CLOSING));
    }
  }

  private void receive(Caller caller, Pipe<UploadFrame, UploadReply> pipe) throws IOException {
    UploadFrame first = Opening.take(pipe);
    if (first == null || !first.hasOpen()) {
      throw new ProtocolException("first frame of an upload: not open");
    }
    String stream = Frames.streamName(first.getOpen().getStream());
    long length = first.getOpen().getLength();
    if (length < 0) {
      throw new ProtocolException(
          stream + ": length " + Long.toUnsignedString(length) + " (expected: < 2^63)");
    }
    X509Certificate peer = doorkeeper.owner(caller, first.getOpen().getTicket());
    byte[] receipt;
    try (var _ = quota.take(peer);
        BlockSink sink = handler.receive(peer, stream, length)) {
      long offset = sink.offset();
      if (offset < 0 || offset > length) {
        throw new IllegalStateException(
            "offset of " + stream + ": " + offset + " (expected: 0 to " + length + ")");
      }
      pipe.put(UploadReply.newBuilder().setReady(Ready.newBuilder().setOffset(offset)).build());
      Blocks.receive(
          stream,
          sink,
          offset,
          length,
          () -> {
            UploadFrame frame = pipe.take();
            if (frame != null && !frame.hasBlock()) {
              throw new ProtocolException(stream + ": a frame that is not a block");
            }
            if (frame == null) {
              return null;
            }
            received.add(frame.getBlock().getBody().size());
            return frame.getBlock();
          });
      if (pipe.take() != null) {
        throw new ProtocolException(
            stream + ": goes on after the " + length + " bytes that were announced");
      }
      receipt = sink.complete();
    }
    if (receipt.length > Frames.MAX_RECEIPT_BYTES) {
      throw new IllegalStateException(
          "receipt of " + stream + ": " + receipt.length + " bytes (expected: <= 65536)");
    }
    pipe.put(
        UploadReply.newBuilder()
            .setReceipt(Receipt.newBuilder().setBody(UnsafeByteOperations.unsafeWrap(receipt)))
            .build());
  }

  private void serve(Caller caller, Pipe<DownloadOpen, DownloadReply> pipe) throws IOException {
    DownloadOpen open = Opening.take(pipe);
    if (open == null) {
      throw new ProtocolException("first message of a download: none (expected: open)");
    }
    String stream = Frames.streamName(open.getStream());
    X509Certificate peer = doorkeeper.owner(caller, open.getTicket());
    try (var _ = quota.take(peer);
        BlockSource source = handler.serve(peer, stream)) {
      long length = Blocks.length(stream, source);
      long offset = open.getOffset();
      if (offset < 0 || offset > length) {
        throw new ProtocolException(
            stream
                + ": wished from byte "
                + Long.toUnsignedString(offset)
                + " (expected: 0 to "
                + length
                + ")");
      }
      pipe.put(
          DownloadReply.newBuilder()
              .setAnnounced(Announced.newBuilder().setLength(length))
              .build());
      Blocks.send(
          stream,
          source,
          offset,
          length,
          block -> {
            pipe.put(DownloadReply.newBuilder().setBlock(block).build());
            sent.add(block.getBody().size());
          });
    }
  }

  PortFigures figures() {
    return new PortFigures(
        sessions.size(),
        streams.size(),
        sessions.stream().mapToLong(EndpointSession::waitingBytes).sum(),
        received.sum(),
        sent.sum(),
        refusals.total());
  }

  void close() {
    closed = true;
    for (EndpointSession session : sessions) {
      session.close(CLOSING);
    }
    streamThreads.shutdown();
    sessionThreads.shutdown();
    await(streamThreads, STREAM_GRACE);
    for (Pipe<?, ?> stream : streams) {
      stream.fail(new Fault(Fault.Kind.CLOSED, CLOSING));
    }
    if (!await(streamThreads, HANDLER_GRACE)) {
      streamThreads.shutdownNow();
    }
    if (!await(sessionThreads, HANDLER_GRACE)) {
      sessionThreads.shutdownNow();
    }
  }

  private static boolean await(ExecutorService executor, Duration limit) {
    try {
      return executor.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private interface Stream {
    void run() throws IOException;
  }
}
