package ai.cifer.transport;

import static ai.cifer.transport.RecordingHandler.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.transport.RecordingHandler.MemorySource;
import ai.cifer.transport.RecordingHandler.Participant;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadOpen;
import ai.cifer.transport.wire.UploadReply;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.URI;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who gets in without a certificate in TLS, and who does not.
@Timeout(60)
class SignedIdentityTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("federation");
  private static final TestAuthority PUBLIC = new TestAuthority("public");
  private static final Map<X509Certificate, PublicKey> ROSTER = TestSigner.roster();
  private static final TlsIdentity COORDINATOR = AUTHORITY.issue("coordinator");
  private static final TestSigner COORDINATOR_SIGNER = TestSigner.enrolled(COORDINATOR, ROSTER);
  private static final TlsIdentity CLIENT = AUTHORITY.issue("client-1");
  private static final TestSigner CLIENT_SIGNER = TestSigner.enrolled(CLIENT, ROSTER);

  private static NetworkEndpoint endpoint(EndpointHandler handler, List<X509Certificate> proxies)
      throws IOException {
    return NetworkEndpoint.start(
        Port.of("127.0.0.1", 0).admitting(Port.Admission.SIGNATURE, proxies),
        COORDINATOR,
        COORDINATOR_SIGNER,
        handler);
  }

  private static NetworkLink open(
      int port, List<X509Certificate> authorities, SignedIdentity signer) throws IOException {
    return NetworkLink.open(
        Route.to(URI.create("wss://localhost:" + port)), authorities, signer, new Participant());
  }

  @Test
  void aProxyThatEndsTls_isPassed_whereTheCoordinatorKnowsIt() throws Exception {
    var handler = new RecordingHandler();
    TlsIdentity shown = PUBLIC.issue("proxy");
    try (var endpoint = endpoint(handler, List.of(shown.chain().getFirst()));
        var proxy = new TlsEndingProxy(shown, COORDINATOR.authorities(), endpoint.port());
        NetworkLink link = open(proxy.port(), shown.authorities(), CLIENT_SIGNER)) {
      assertThat(next(handler.sessions).peer()).isEqualTo(CLIENT.chain().getFirst());
      assertThat(link.upload("s", new MemorySource(LinkContract.bytes(3_000_000)))).hasSize(1);
      assertThat(handler.sink("s").bytes.toByteArray()).isEqualTo(LinkContract.bytes(3_000_000));
    }
  }

  @Test
  void aManInTheMiddle_isRefused_evenWithACertificateThatTheParticipantTrusts() throws Exception {
    var handler = new RecordingHandler();
    TlsIdentity stranger = AUTHORITY.issue("somebody");
    try (var endpoint = endpoint(handler, List.of());
        var proxy = new TlsEndingProxy(stranger, COORDINATOR.authorities(), endpoint.port())) {
      assertThatThrownBy(() -> open(proxy.port(), CLIENT.authorities(), CLIENT_SIGNER))
          .isInstanceOf(LinkRefused.class)
          .hasMessageContaining("neither the coordinator's nor that of a proxy that it knows");
    }
    assertThat(handler.sessions).isEmpty();
  }

  /// Over WebSockets each stream has a connection of its own, and shows a ticket only.
  @Test
  void aManInTheMiddleOfStreamsOnly_learnsNoTicket() throws Exception {
    var handler = new RecordingHandler();
    TlsIdentity stranger = AUTHORITY.issue("somebody");
    try (var endpoint = endpoint(handler, List.of());
        var proxy = new TlsEndingProxy(stranger, COORDINATOR.authorities(), endpoint.port());
        var relay = new Relay(endpoint.port());
        NetworkLink link = open(relay.port(), CLIENT.authorities(), CLIENT_SIGNER)) {
      next(handler.sessions);
      assertThat(link.upload("before", new MemorySource(LinkContract.bytes(10)))).hasSize(1);
      relay.redirect(proxy.port());
      assertThatThrownBy(() -> link.upload("s", new MemorySource(LinkContract.bytes(10))))
          .isExactlyInstanceOf(IOException.class)
          .hasMessageContaining("is another than the one that the link began with");
      handler.streams.put("model", LinkContract.bytes(10));
      assertThatThrownBy(() -> link.download("model", new RecordingHandler.MemorySink(0)))
          .isExactlyInstanceOf(IOException.class);
      relay.redirect(endpoint.port());
      assertThat(link.upload("after", new MemorySource(LinkContract.bytes(10)))).hasSize(1);
    }
    assertThat(handler.sinks).containsOnlyKeys("before", "after");
  }

  @Test
  void whoeverHasNotTheKeyOfItsCertificate_isRefused() throws Exception {
    var handler = new RecordingHandler();
    try (var endpoint = endpoint(handler, List.of())) {
      assertThatThrownBy(() ->
              open(endpoint.port(), CLIENT.authorities(), TestSigner.impostor(CLIENT, ROSTER)))
          .isInstanceOf(LinkRefused.class)
          .hasMessage("not enrolled");
    }
    assertThat(handler.sessions).isEmpty();
  }

  @Test
  void aCoordinatorThatHasNotTheKeyOfItsCertificate_isRefused() throws Exception {
    var handler = new RecordingHandler();
    try (var endpoint =
        NetworkEndpoint.start(
            Port.of("127.0.0.1", 0).admitting(Port.Admission.SIGNATURE, List.of()),
            COORDINATOR,
            TestSigner.impostor(COORDINATOR, ROSTER),
            handler)) {
      assertThatThrownBy(() -> open(endpoint.port(), CLIENT.authorities(), CLIENT_SIGNER))
          .isInstanceOf(LinkRefused.class)
          .hasMessage("not enrolled");
    }
  }

  @Test
  void aPortForCertificates_doesNotEvenListen() throws Exception {
    try (var endpoint =
        NetworkEndpoint.start(Port.of("127.0.0.1", 0), COORDINATOR, new RecordingHandler())) {
      assertThatThrownBy(() -> open(endpoint.port(), CLIENT.authorities(), CLIENT_SIGNER))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void withoutTls_onlyThisMachineIsListenedTo() {
    assertThatThrownBy(() ->
            NetworkEndpoint.start(
                Port.of("0.0.0.0", 0).admitting(Port.Admission.SIGNATURE_WITHOUT_TLS, List.of()),
                COORDINATOR,
                COORDINATOR_SIGNER,
                new RecordingHandler()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("0.0.0.0")
        .hasMessageContaining("expected: localhost");
  }

  /// Whatever a participant says in one session proves nothing in the next.
  @Test
  void aReplayedProof_isRefused() throws Exception {
    EndpointCalls calls = calls();
    var said = new ArrayList<SessionFrame>();
    Pipe<SessionFrame, SessionFrame> first = session(calls);
    new Introduction(CLIENT_SIGNER).over(new Recorder(first, said), new NoCalls());
    assertThat(said).hasSize(2);
    Pipe<SessionFrame, SessionFrame> second = session(calls);
    second.put(said.getFirst());
    assertThat(second.take()).matches(frame -> frame != null && frame.hasChallenge());
    second.put(said.getLast());
    assertThatThrownBy(second::take).isInstanceOf(LinkRefused.class).hasMessage("not enrolled");
    first.finish();
    calls.close();
  }

  @Test
  void aTicket_servesAsLongAsItsSession() throws Exception {
    EndpointCalls calls = calls();
    Pipe<SessionFrame, SessionFrame> session = session(calls);
    ByteString ticket = new Introduction(CLIENT_SIGNER).over(session, new NoCalls());
    assertThat(upload(calls, ticket).take()).matches(reply -> reply != null && reply.hasReady());
    for (ByteString wrong : List.of(ByteString.EMPTY, Statement.random())) {
      assertThatThrownBy(() -> upload(calls, wrong).take())
          .isExactlyInstanceOf(IOException.class)
          .hasMessageContaining("without the ticket of a session");
    }
    session.finish();
    assertThat(session.take()).isNull();
    assertThatThrownBy(
            () -> {
              // The coordinator forgets the ticket after it has answered.
              while (upload(calls, ticket).take() != null) {
                Thread.onSpinWait();
              }
            })
        .isExactlyInstanceOf(IOException.class)
        .hasMessageContaining("without the ticket of a session");
    calls.close();
  }

  private static EndpointCalls calls() {
    return new EndpointCalls(
        new RecordingHandler(),
        new Doorkeeper(COORDINATOR_SIGNER, Set.of(Statement.UNBOUND)),
        new Refusals(System::nanoTime));
  }

  private static Pipe<SessionFrame, SessionFrame> session(EndpointCalls calls) {
    var call = new InProcessCall<SessionFrame, SessionFrame>();
    calls.session(new Caller(null, () -> {}), call.coordinator());
    return call.participant();
  }

  private static Pipe<UploadReply, UploadFrame> upload(EndpointCalls calls, ByteString ticket)
      throws IOException {
    var call = new InProcessCall<UploadFrame, UploadReply>();
    calls.upload(new Caller(null, () -> {}), call.coordinator());
    Pipe<UploadReply, UploadFrame> pipe = call.participant();
    pipe.put(
        UploadFrame.newBuilder()
            .setOpen(UploadOpen.newBuilder().setStream("s").setLength(9).setTicket(ticket))
            .build());
    return pipe;
  }

  /// Only says that there is no TLS.
  private static final class NoCalls implements Calls {
    @Override
    public Pipe<SessionFrame, SessionFrame> session() {
      throw new AssertionError();
    }

    @Override
    public Pipe<UploadReply, UploadFrame> upload() {
      throw new AssertionError();
    }

    @Override
    public Pipe<ai.cifer.transport.wire.DownloadReply, ai.cifer.transport.wire.DownloadOpen>
        download(ai.cifer.transport.wire.DownloadOpen open) {
      throw new AssertionError();
    }

    @Override
    public ByteString binding() {
      return Statement.UNBOUND;
    }

    @Override
    public void close() {}
  }

  /// Writes down what a participant says.
  private record Recorder(Pipe<SessionFrame, SessionFrame> pipe, List<SessionFrame> said)
      implements Pipe<SessionFrame, SessionFrame> {
    @Override
    public @Nullable SessionFrame take() throws IOException {
      return pipe.take();
    }

    @Override
    public void put(SessionFrame message) throws IOException {
      said.add(message);
      pipe.put(message);
    }

    @Override
    public void finish() {
      pipe.finish();
    }

    @Override
    public void fail(Fault fault) {
      pipe.fail(fault);
    }

    @Override
    public void deafen() {
      pipe.deafen();
    }

    @Override
    public boolean isOpen() {
      return pipe.isOpen();
    }
  }
}
