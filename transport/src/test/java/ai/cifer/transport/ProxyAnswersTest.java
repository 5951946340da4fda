package ai.cifer.transport;

import static ai.cifer.transport.RecordingHandler.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.transport.LinkRefused.Reason;
import ai.cifer.transport.RecordingHandler.MemorySource;
import ai.cifer.transport.RecordingHandler.Participant;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a proxy before the coordinator answers in its place.
@Timeout(60)
class ProxyAnswersTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("federation");
  private static final Map<X509Certificate, PublicKey> ROSTER = TestSigner.roster();
  private static final TlsIdentity COORDINATOR = AUTHORITY.issue("coordinator");
  private static final TestSigner COORDINATOR_SIGNER = TestSigner.enrolled(COORDINATOR, ROSTER);
  private static final TestSigner CLIENT = TestSigner.enrolled(AUTHORITY.issue("client-1"), ROSTER);

  private static NetworkLink open(Relay relay) throws IOException {
    return NetworkLink.open(
        Route.to(URI.create("ws://localhost:" + relay.port())),
        AUTHORITY.issue("client-1").authorities(),
        CLIENT,
        new Participant());
  }

  private static NetworkEndpoint endpoint(EndpointHandler handler) throws IOException {
    return NetworkEndpoint.start(
        Port.of("127.0.0.1", 0).admitting(Port.Admission.SIGNATURE_WITHOUT_TLS, List.of()),
        COORDINATOR,
        COORDINATOR_SIGNER,
        handler);
  }

  private static void assertRefused(Relay relay, String status, Reason reason) {
    relay.answer(status);
    assertThatThrownBy(() -> open(relay))
        .isInstanceOfSatisfying(
            LinkRefused.class, refused -> assertThat(refused.reason()).as(status).isEqualTo(reason))
        .hasMessageContaining(status.substring(0, 3));
  }

  /// Behind nginx every client gave up for good when the coordinator was started again.
  @Test
  void aCoordinatorThatIsNotThere_isWaitedFor_anAddressThatIsNone_isNot() throws Exception {
    var handler = new RecordingHandler();
    try (var endpoint = endpoint(handler);
        var relay = new Relay(endpoint.port())) {
      for (String passing :
          List.of(
              "502 Bad Gateway",
              "503 Service Unavailable",
              "504 Gateway Timeout",
              "500 Internal Server Error",
              "408 Request Timeout",
              "429 Too Many Requests")) {
        assertRefused(relay, passing, Reason.UNREACHABLE);
      }
      assertRefused(relay, "403 Forbidden", Reason.DECLINED);
      assertRefused(relay, "404 Not Found", Reason.DECLINED);
      relay.answer("");
      open(relay).close();
      next(handler.sessions);
    }
  }

  /// An update would be lost for good: whoever is turned away leaves the round.
  @Test
  void aStreamThatTheProxyCannotPass_isNotTurnedAway() throws Exception {
    var handler = new RecordingHandler();
    handler.streams.put("model", LinkContract.bytes(10));
    try (var endpoint = endpoint(handler);
        var relay = new Relay(endpoint.port());
        NetworkLink link = open(relay)) {
      relay.answer("502 Bad Gateway");
      assertThatThrownBy(() -> link.upload("s", new MemorySource(LinkContract.bytes(10))))
          .isInstanceOfSatisfying(
              LinkRefused.class,
              refused -> assertThat(refused.reason()).isEqualTo(Reason.UNREACHABLE));
      assertThatThrownBy(() -> link.download("model", new RecordingHandler.MemorySink(0)))
          .isInstanceOfSatisfying(
              LinkRefused.class,
              refused -> assertThat(refused.reason()).isEqualTo(Reason.UNREACHABLE));
      relay.answer("");
      assertThat(link.upload("s", new MemorySource(LinkContract.bytes(10)))).hasSize(1);
    }
  }

  @Test
  void linksWithoutTls_goThroughNoProxy() {
    Route plain = Route.to(URI.create("ws://localhost:5000"));
    assertThatThrownBy(() -> plain.through(InetSocketAddress.createUnresolved("proxy", 3128)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("links without TLS do not leave this machine");
  }
}
