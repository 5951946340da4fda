package ai.cifer.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A coordinator that writes down what happens and keeps streams in memory. Tests override what
/// they vary.
class RecordingHandler implements EndpointHandler {
  final BlockingQueue<Session> sessions = new LinkedBlockingQueue<>();
  final BlockingQueue<Envelope> envelopes = new LinkedBlockingQueue<>();
  final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
  final Map<String, MemorySink> sinks = new ConcurrentHashMap<>();
  final Map<String, byte[]> streams = new ConcurrentHashMap<>();
  final List<String> order = new CopyOnWriteArrayList<>();

  @Override
  public void opened(Session session) throws LinkRefused {
    order.add("opened");
    sessions.add(session);
  }

  @Override
  public void received(Session session, Envelope envelope) throws IOException {
    order.add("received");
    envelopes.add(envelope);
  }

  @Override
  public void closed(Session session, String reason) {
    order.add("closed");
    ends.add(reason);
  }

  @Override
  public BlockSink receive(X509Certificate peer, String stream, long length) throws IOException {
    var sink = new MemorySink(0);
    sinks.put(stream, sink);
    return sink;
  }

  @Override
  public BlockSource serve(X509Certificate peer, String stream) throws IOException {
    byte[] bytes = streams.get(stream);
    if (bytes == null) {
      throw LinkRefused.declined("no stream " + stream);
    }
    return new MemorySource(bytes);
  }

  MemorySink sink(String stream) {
    return Objects.requireNonNull(sinks.get(stream), stream);
  }

  static <T> T next(BlockingQueue<T> queue) {
    try {
      T value = queue.poll(20, TimeUnit.SECONDS);
      if (value == null) {
        throw new AssertionError("nothing came within 20 seconds");
      }
      return value;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// A participant that writes down what happens.
  static final class Participant implements LinkHandler {
    final BlockingQueue<Envelope> envelopes = new LinkedBlockingQueue<>();
    final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

    @Override
    public void received(Envelope envelope) {
      envelopes.add(envelope);
    }

    @Override
    public void closed(String reason) {
      ends.add(reason);
    }
  }

  /// Keeps what it gets.
  static final class MemorySink implements BlockSink {
    final java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    final BlockingQueue<Boolean> ends = new LinkedBlockingQueue<>();
    private final long offset;
    private volatile boolean complete;

    MemorySink(long offset) {
      this.offset = offset;
    }

    @Override
    public long offset() {
      return offset;
    }

    @Override
    public void write(ByteBuffer chunk) {
      var copy = new byte[chunk.remaining()];
      chunk.get(copy);
      bytes.writeBytes(copy);
    }

    @Override
    public byte[] complete() {
      complete = true;
      return new byte[] {42};
    }

    @Override
    public void close() {
      ends.add(complete);
    }
  }

  /// Gives an array, and optionally claims another length.
  static final class MemorySource implements BlockSource {
    private final ByteBuffer bytes;
    private final long length;
    private @Nullable String closed;

    MemorySource(byte[] bytes) {
      this(bytes, bytes.length);
    }

    MemorySource(byte[] bytes, long length) {
      this.bytes = ByteBuffer.wrap(bytes);
      this.length = length;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public void position(long offset) {
      bytes.position((int) offset);
    }

    @Override
    public int read(ByteBuffer target) {
      if (!bytes.hasRemaining()) {
        return -1;
      }
      int count = Math.min(target.remaining(), bytes.remaining());
      target.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
      return count;
    }

    boolean isClosed() {
      return closed != null;
    }

    @Override
    public void close() {
      closed = "closed";
    }
  }
}
