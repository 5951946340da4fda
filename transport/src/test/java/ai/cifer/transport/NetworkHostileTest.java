package ai.cifer.transport;

import static ai.cifer.transport.RecordingHandler.next;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.transport.RecordingHandler.MemorySource;
import ai.cifer.transport.RecordingHandler.Participant;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.TlsKeyPair;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Peers that are enrolled and yet misbehave, and connections that break.
@Timeout(180)
class NetworkHostileTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("federation");
  private static final TlsIdentity COORDINATOR = AUTHORITY.issue("coordinator");
  private static final TlsIdentity CLIENT = AUTHORITY.issue("client-1");
  private static final String SERVICE = "/cifer.transport.v1.Endpoint/";

  private static Route route(String scheme, int port) {
    return Route.to(URI.create(scheme + "://localhost:" + port));
  }

  private static NetworkLink link(String scheme, int port, LinkHandler handler) throws IOException {
    return NetworkLink.open(route(scheme, port), CLIENT, handler);
  }

  private static ClientFactory factory() {
    return ClientFactory.builder()
        .tls(TlsKeyPair.of(CLIENT.key(), CLIENT.chain()))
        .tlsCustomizer(
            tls -> tls.trustManager(CLIENT.authorities().toArray(X509Certificate[]::new)))
        .meterRegistry(Windows.noMetrics())
        .build();
  }

  /// Posts a body to a method and returns the gRPC status of the answer.
  private static String post(WebClient client, String method, byte[] body) {
    var response =
        client
            .execute(
                RequestHeaders.of(
                    HttpMethod.POST,
                    SERVICE + method,
                    "content-type",
                    "application/grpc",
                    "te",
                    "trailers"),
                body)
            .aggregate()
            .join();
    String status = response.trailers().get("grpc-status");
    return String.valueOf(status == null ? response.headers().get("grpc-status") : status);
  }

  private static byte[] frame(int flag, int length, byte[] body) {
    return ByteBuffer.allocate(5 + body.length).put((byte) flag).putInt(length).put(body).array();
  }

  @Test
  void fuzzedFramesAreRefusedAndOthersAreUnharmed() throws Exception {
    var handler = new RecordingHandler();
    var random = new SplittableRandom(20261122);
    try (var endpoint = NetworkEndpoint.start(Port.of("127.0.0.1", 0), COORDINATOR, handler);
        var factory = factory();
        NetworkLink honest = link("https", endpoint.port(), new Participant())) {
      next(handler.sessions);
      var client =
          WebClient.builder("https://localhost:" + endpoint.port())
              .factory(factory)
              .responseTimeout(Duration.ofSeconds(30))
              .build();
      assertThat(post(client, "Session", frame(0, 0x7fffffff, new byte[3]))).isEqualTo("8");
      assertThat(post(client, "Upload", frame(0, -1, new byte[3]))).isNotEqualTo("0");
      assertThat(post(client, "Session", frame(1, 3, new byte[3]))).isNotEqualTo("0");
      assertThat(post(client, "Session", frame(0, 0, new byte[0]))).isEqualTo("3");
      assertThat(post(client, "Session", new byte[0])).isEqualTo("3");
      for (int i = 0; i < 600; i++) {
        var body = new byte[random.nextInt(80)];
        random.nextBytes(body);
        boolean framed = random.nextInt(4) != 0;
        String method = List.of("Session", "Upload", "Download").get(i % 3);
        assertThat(post(client, method, framed ? frame(0, body.length, body) : body))
            .isNotEqualTo("0");
      }
      honest.send(new Envelope("k", "1", new byte[1]));
      assertThat(next(handler.envelopes).id()).isEqualTo("1");
      assertThat(honest.upload("fine", new MemorySource(LinkContract.bytes(100)))).hasSize(1);
    }
    assertThat(handler.sinks.keySet()).containsExactly("fine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "wss"})
  void aBrokenConnectionIsReportedToBothSidesAtOnce(String scheme) throws Exception {
    var handler = new RecordingHandler();
    var participant = new Participant();
    try (var endpoint = NetworkEndpoint.start(Port.of("127.0.0.1", 0), COORDINATOR, handler);
        var relay = new Relay(endpoint.port());
        NetworkLink link = link(scheme, relay.port(), participant)) {
      Session session = next(handler.sessions);
      var source = new EndlessSource();
      var upload =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  link.upload("half", source);
                } catch (IOException e) {
                  source.failure = e;
                }
              });
      assertThat(source.begun.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      relay.reset();
      assertThat(next(handler.ends)).contains("lost");
      assertThat(next(participant.ends)).contains("lost");
      assertThat(session.isOpen()).isFalse();
      assertThat(link.isOpen()).isFalse();
      assertThat(upload.join(Duration.ofSeconds(20))).isTrue();
      assertThat(source.failure).isNotNull().isNotInstanceOf(LinkRefused.class);
      assertThat(next(handler.sink("half").ends)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "wss"})
  void aHalfOpenConnectionIsFoundByPings(String scheme) throws Exception {
    var handler = new RecordingHandler();
    var participant = new Participant();
    var second = Duration.ofSeconds(1);
    try (var endpoint =
            NetworkEndpoint.start(
                Port.of("127.0.0.1", 0).withKeepAlive(second), COORDINATOR, handler);
        var relay = new Relay(endpoint.port());
        NetworkLink link =
            NetworkLink.open(
                route(scheme, relay.port()).withKeepAlive(second), CLIENT, participant)) {
      next(handler.sessions);
      relay.freeze();
      next(handler.ends);
      next(participant.ends);
      assertThat(link.isOpen()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "wss"})
  void manySessionsAtOnce(String scheme) throws Exception {
    int count = 60;
    var handler = new RecordingHandler();
    try (var endpoint = NetworkEndpoint.start(Port.of("127.0.0.1", 0), COORDINATOR, handler)) {
      var participants = new ArrayList<Participant>();
      var links = new ArrayList<Link>();
      for (int i = 0; i < count; i++) {
        var participant = new Participant();
        participants.add(participant);
        TlsIdentity own = AUTHORITY.issue("client-" + i);
        links.add(NetworkLink.open(route(scheme, endpoint.port()), own, participant));
      }
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < count; i++) {
        Link link = links.get(i);
        String name = "update/" + i;
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    link.upload(name, new MemorySource(LinkContract.bytes(200_000)));
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      for (int i = 0; i < count; i++) {
        assertThat(handler.sink("update/" + i).bytes.size()).isEqualTo(200_000);
        next(handler.sessions).send(new Envelope("k", "x", new byte[0]));
      }
      for (Participant participant : participants) {
        assertThat(next(participant.envelopes).id()).isEqualTo("x");
      }
      for (Link link : links) {
        link.close();
      }
      for (int i = 0; i < count; i++) {
        assertThat(next(handler.ends)).isEqualTo("closed by the participant");
      }
    }
  }

  /// Never ends.
  private static final class EndlessSource implements BlockSource {
    final CountDownLatch begun = new CountDownLatch(8 << 10);
    volatile @org.jspecify.annotations.Nullable IOException failure;

    @Override
    public long length() {
      return Long.MAX_VALUE;
    }

    @Override
    public int read(ByteBuffer target) {
      int count = Math.min(target.remaining(), 1024);
      target.position(target.position() + count);
      begun.countDown();
      return count;
    }

    @Override
    public void close() {}
  }
}
