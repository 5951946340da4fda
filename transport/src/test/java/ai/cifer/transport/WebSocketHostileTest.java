package ai.cifer.transport;

import static ai.cifer.transport.RawConnection.frame;
import static ai.cifer.transport.RecordingHandler.next;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.transport.RecordingHandler.MemorySource;
import ai.cifer.transport.RecordingHandler.Participant;
import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.Hello;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadOpen;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Enrolled peers that say over a WebSocket what no WebSocket library would.
@Timeout(120)
class WebSocketHostileTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("federation");
  private static final TlsIdentity COORDINATOR = AUTHORITY.issue("coordinator");
  private static final TlsIdentity CLIENT = AUTHORITY.issue("client-1");
  private static final TlsIdentity HONEST = AUTHORITY.issue("client-2");
  private static final int BINARY = 0x82;
  private static final int TEXT = 0x81;
  private static final byte[] HELLO =
      SessionFrame.newBuilder().setHello(Hello.newBuilder().setVersion(1)).build().toByteArray();

  private final LeavingHandler handler = new LeavingHandler();
  private NetworkEndpoint endpoint;
  private NetworkLink honest;

  @BeforeEach
  void start() throws IOException {
    endpoint = NetworkEndpoint.start(Port.of("127.0.0.1", 0), COORDINATOR, handler);
    honest =
        NetworkLink.open(
            Route.to(URI.create("wss://localhost:" + endpoint.port())), HONEST, new Participant());
    next(handler.sessions);
  }

  @AfterEach
  void othersAreUnharmed() throws IOException {
    honest.send(new Envelope("k", "after", new byte[1]));
    assertThat(next(handler.envelopes).id()).isEqualTo("after");
    assertThat(honest.upload("fine", new MemorySource(LinkContract.bytes(100)))).hasSize(1);
    assertThat(handler.sinks.keySet()).contains("fine");
    honest.close();
    endpoint.close();
  }

  private RawConnection open(String path, String... headers) throws Exception {
    return RawConnection.webSocket(endpoint.port(), CLIENT, path, headers);
  }

  private RawConnection upgraded(String path) throws Exception {
    RawConnection connection = open(path);
    assertThat(connection.status()).isEqualTo("HTTP/1.1 101 Switching Protocols");
    return connection;
  }

  private String answer(String path, byte[]... frames) throws Exception {
    try (RawConnection connection = upgraded(path)) {
      for (byte[] frame : frames) {
        connection.write(frame);
      }
      return connection.text();
    }
  }

  @Test
  void framesThatNoLibraryWouldSend_endTheCall() throws Exception {
    byte[] hello = frame(BINARY, HELLO);
    assertThat(answer(WebSocketRoutes.SESSION, frame(BINARY, new byte[] {1, 2, 3})))
        .startsWith("INVALID_ARGUMENT a message that is no protobuf");
    assertThat(answer(WebSocketRoutes.SESSION, frame(BINARY, new byte[0])))
        .startsWith("INVALID_ARGUMENT first frame of a session: not hello");
    assertThat(answer(WebSocketRoutes.SESSION, frame(TEXT, RawConnection.ascii("OK"))))
        .startsWith("INVALID_ARGUMENT first frame of a session: not hello");
    assertThat(answer(WebSocketRoutes.SESSION, frame(TEXT, new byte[2000])))
        .startsWith("INVALID_ARGUMENT a message after the last one, or a text too long");
    assertThat(answer(WebSocketRoutes.SESSION, frame(TEXT, RawConnection.ascii("OK")), hello))
        .startsWith("INVALID_ARGUMENT");
    // Reads as an open without a name.
    assertThat(answer(WebSocketRoutes.UPLOAD, hello)).startsWith("INVALID_ARGUMENT stream: ");
    // Compressed as permessage-deflate would, which is not spoken: there are no bombs.
    assertThat(answer(WebSocketRoutes.SESSION, frame(BINARY | 0x40, HELLO))).isEqualTo("closed");
    // Without a mask, of a reserved kind, and a continuation of nothing.
    assertThat(answer(WebSocketRoutes.SESSION, new byte[] {(byte) BINARY, 1, 0}))
        .isEqualTo("closed");
    assertThat(answer(WebSocketRoutes.SESSION, frame(0x83, new byte[1]))).isEqualTo("closed");
    assertThat(answer(WebSocketRoutes.SESSION, frame(0x80, new byte[1]))).isEqualTo("closed");
    // Announces 2^62 bytes.
    assertThat(
            answer(
                WebSocketRoutes.SESSION,
                new byte[] {(byte) BINARY, (byte) 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}))
        .isEqualTo("closed");
    assertThat(handler.sessions).isEmpty();
  }

  @Test
  void fragments_arePutTogether_butNotWithoutEnd() throws Exception {
    try (RawConnection connection = upgraded(WebSocketRoutes.SESSION)) {
      connection.write(frame(0x02, new byte[] {HELLO[0]}));
      connection.write(frame(0x89, new byte[] {7}));
      connection.write(frame(0x00, new byte[] {HELLO[1]}));
      connection.write(frame(0x80, java.util.Arrays.copyOfRange(HELLO, 2, HELLO.length)));
      next(handler.sessions);
    }
    assertThat(answer(WebSocketRoutes.SESSION, frame(0x02, new byte[1]), frame(0x00, new byte[0])))
        .isEqualTo("INVALID_ARGUMENT an empty fragment of a message");
    byte[] large = new byte[3 << 20];
    assertThat(answer(WebSocketRoutes.SESSION, frame(0x02, large), frame(0x00, large)))
        .startsWith("INVALID_ARGUMENT a message of more than");
  }

  /// The rest of the stream was read and thrown away.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoeverLeavesDuringADownload_endsIt(boolean says) throws Exception {
    var endless = new EndlessSource();
    handler.source = endless;
    byte[] open = DownloadOpen.newBuilder().setStream("s").build().toByteArray();
    try (RawConnection connection = upgraded(WebSocketRoutes.DOWNLOAD)) {
      connection.write(frame(BINARY, open));
      connection.write(frame(TEXT, RawConnection.ascii("OK")));
      assertThat(next(endless.reads)).isNotNull();
      if (says) {
        connection.write(frame(0x88, new byte[] {3, (byte) 0xe8}));
        assertThat(connection.isClosed()).isTrue();
      }
    }
    assertThat(next(endless.ends)).isNotNull();
  }

  private static final class LeavingHandler extends RecordingHandler {
    private volatile @Nullable BlockSource source;

    @Override
    public BlockSource serve(X509Certificate peer, String stream) throws IOException {
      BlockSource other = source;
      return other == null ? super.serve(peer, stream) : other;
    }
  }

  /// A petabyte of zeros.
  private static final class EndlessSource implements BlockSource {
    final BlockingQueue<Boolean> reads = new LinkedBlockingQueue<>();
    final BlockingQueue<Boolean> ends = new LinkedBlockingQueue<>();

    @Override
    public long length() {
      return 1L << 50;
    }

    @Override
    public void position(long offset) {}

    @Override
    public int read(ByteBuffer target) {
      reads.add(true);
      int count = target.remaining();
      target.position(target.limit());
      return count;
    }

    @Override
    public void close() {
      ends.add(true);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../x", "/etc/passwd", "a/../../b", "a//b", "", "..", "a\\b", "C:x", "a b"})
  void namesOfPaths_areRefused(String name) throws Exception {
    byte[] upload =
        UploadFrame.newBuilder()
            .setOpen(UploadOpen.newBuilder().setStream(name).setLength(1))
            .build()
            .toByteArray();
    assertThat(answer(WebSocketRoutes.UPLOAD, frame(BINARY, upload)))
        .startsWith("INVALID_ARGUMENT stream: ");
    byte[] download = DownloadOpen.newBuilder().setStream(name).build().toByteArray();
    assertThat(answer(WebSocketRoutes.DOWNLOAD, frame(BINARY, download)))
        .startsWith("INVALID_ARGUMENT stream: ");
    assertThat(handler.sinks).isEmpty();
  }

  @Test
  void otherPaths_foreignPages_andLargeHeaders_areRefused() throws Exception {
    try (RawConnection other = open("/ws/../etc/passwd")) {
      assertThat(other.status()).matches("HTTP/1.1 40[0-9] .*");
    }
    try (RawConnection page = open(WebSocketRoutes.SESSION, "Origin: https://evil.example\r\n")) {
      assertThat(page.status()).isEqualTo("HTTP/1.1 403 Forbidden");
    }
    try (RawConnection large = open(WebSocketRoutes.SESSION, "X: " + "x".repeat(60_000) + "\r\n")) {
      assertThat(large.status()).matches("HTTP/1.1 4.*|closed");
    }
    try (RawConnection line = open("/" + "x".repeat(60_000))) {
      assertThat(line.status()).matches("HTTP/1.1 4.*|closed");
    }
  }

  @Test
  void fuzzedFrames_endTheirCallAndNothingElse() throws Exception {
    var random = new SplittableRandom(20261125);
    List<String> paths =
        List.of(WebSocketRoutes.SESSION, WebSocketRoutes.UPLOAD, WebSocketRoutes.DOWNLOAD);
    for (int i = 0; i < 60; i++) {
      try (RawConnection connection = upgraded(paths.get(i % 3))) {
        for (int j = random.nextInt(4); j >= 0; j--) {
          var bytes = new byte[random.nextInt(60)];
          random.nextBytes(bytes);
          connection.write(random.nextInt(3) == 0 ? bytes : frame(random.nextInt(256), bytes));
        }
      } catch (java.net.SocketException closed) {
        // The coordinator had enough before all was said.
        assertThat(closed).hasMessageMatching(".*(reset|pipe|closed).*");
      }
    }
    assertThat(handler.sinks).isEmpty();
    assertThat(handler.sessions).isEmpty();
  }
}
