package ai.cifer.transport;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;

/// How fast streams move over loopback TLS, beside a bare loop of the same library in the same
/// process, alternately. Both ends are in this process.
public final class WireBench {
  private final TlsIdentity coordinator;
  private final TlsIdentity participant;
  private final int messages;
  private final int pairs;

  /// @param transport `grpc` or `websocket`
  /// @param ratio the link's median by the bare loop's median
  public record Figures(
      String transport,
      double megabytesPerSecond,
      double bareMegabytesPerSecond,
      double ratio,
      List<Double> each,
      List<Double> bareEach) {}

  /// @param messages of 1 MiB in one measurement
  /// @param pairs how often a measurement of the link follows one of the bare loop
  public WireBench(TlsIdentity coordinator, TlsIdentity participant, int messages, int pairs) {
    this.coordinator = coordinator;
    this.participant = participant;
    this.messages = messages;
    this.pairs = pairs;
  }

  private interface Loop {
    void run() throws IOException;
  }

  /// Measures gRPC and WebSockets.
  ///
  /// @param progress from 0 to 1
  public List<Figures> run(DoubleConsumer progress) throws IOException {
    var figures = new ArrayList<Figures>();
    try (var bare = new BareLoop(coordinator, participant);
        NetworkEndpoint endpoint =
            NetworkEndpoint.start(Port.of("127.0.0.1", 0), coordinator, new Swallow())) {
      for (String scheme : List.of("https", "wss")) {
        boolean grpc = scheme.equals("https");
        try (NetworkLink link =
            NetworkLink.open(
                Route.to(URI.create(scheme + "://localhost:" + endpoint.port())),
                participant,
                new Deaf())) {
          Loop bareLoop = grpc ? () -> bare.grpc(messages) : () -> bare.webSocket(messages);
          Loop ours = () -> link.upload("bench", new Zeros((long) messages << 20));
          var each = new ArrayList<Double>();
          var bareEach = new ArrayList<Double>();
          // Compiles both.
          timed(bareLoop);
          timed(ours);
          for (int pair = 0; pair < pairs; pair++) {
            bareEach.add(timed(bareLoop));
            each.add(timed(ours));
            progress.accept(((grpc ? 0 : pairs) + pair + 1) / (2.0 * pairs));
          }
          double own = median(each);
          double other = median(bareEach);
          figures.add(
              new Figures(grpc ? "grpc" : "websocket", own, other, own / other, each, bareEach));
        }
      }
    }
    return figures;
  }

  private double timed(Loop loop) throws IOException {
    long begin = System.nanoTime();
    loop.run();
    return ((long) messages << 20) / ((System.nanoTime() - begin) / 1e9) / 1e6;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /// Takes streams and forgets them.
  private static final class Swallow implements EndpointHandler {
    @Override
    public void opened(Session session) {}

    @Override
    public void received(Session session, Envelope envelope) {}

    @Override
    public void closed(Session session, String reason) {}

    @Override
    public BlockSink receive(X509Certificate peer, String stream, long length) {
      return new BlockSink() {
        @Override
        public void write(ByteBuffer chunk) {}

        @Override
        public byte[] complete() {
          return new byte[0];
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public BlockSource serve(X509Certificate peer, String stream) throws LinkRefused {
      throw LinkRefused.declined("no streams");
    }
  }

  private static final class Deaf implements LinkHandler {
    @Override
    public void received(Envelope envelope) {}

    @Override
    public void closed(String reason) {}
  }

  /// Costs nothing to read.
  private static final class Zeros implements BlockSource {
    private final long length;
    private long left;

    Zeros(long length) {
      this.length = length;
      this.left = length;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public int read(ByteBuffer target) {
      if (left == 0) {
        return -1;
      }
      int count = (int) Math.min(left, target.remaining());
      target.position(target.position() + count);
      left -= count;
      return count;
    }

    @Override
    public void close() {}
  }
}
