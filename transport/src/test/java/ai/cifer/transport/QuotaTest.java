package ai.cifer.transport;

import static ai.cifer.transport.RecordingHandler.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.transport.RecordingHandler.Participant;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadOpen;
import ai.cifer.transport.wire.UploadReply;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Each connection and stream costs the coordinator descriptors: no participant gets all of them.
@Timeout(60)
class QuotaTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("federation");
  private static final TlsIdentity GREEDY = AUTHORITY.issue("client-1");
  private static final TlsIdentity HONEST = AUTHORITY.issue("client-2");

  private static Pipe<UploadReply, UploadFrame> upload(EndpointCalls calls, TlsIdentity whose)
      throws IOException {
    var call = new InProcessCall<UploadFrame, UploadReply>();
    calls.upload(new Caller(whose.chain().getFirst(), () -> {}), call.coordinator());
    Pipe<UploadReply, UploadFrame> pipe = call.participant();
    pipe.put(
        UploadFrame.newBuilder()
            .setOpen(UploadOpen.newBuilder().setStream("s").setLength(9))
            .build());
    return pipe;
  }

  @Test
  void streamsOfOneParticipant_areBounded_andThoseOfOthersAreNot() throws Exception {
    var calls =
        new EndpointCalls(new RecordingHandler(), Doorkeeper.NONE, new Refusals(System::nanoTime));
    var open = new ArrayDeque<Pipe<UploadReply, UploadFrame>>();
    for (int i = 0; i < EndpointCalls.MOST_STREAMS; i++) {
      Pipe<UploadReply, UploadFrame> pipe = upload(calls, GREEDY);
      assertThat(pipe.take()).matches(reply -> reply != null && reply.hasReady());
      open.add(pipe);
    }
    assertThatThrownBy(() -> upload(calls, GREEDY).take())
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("streams of one participant at a time: 33 (expected: <= 32)");
    assertThat(upload(calls, HONEST).take()).matches(reply -> reply != null && reply.hasReady());
    open.remove().fail(new Fault(Fault.Kind.CLOSED, "enough"));
    while (true) {
      try {
        assertThat(upload(calls, GREEDY).take())
            .matches(reply -> reply != null && reply.hasReady());
        break;
      } catch (IOException notYet) {
        // The coordinator's side ends a moment later.
        Thread.onSpinWait();
      }
    }
    calls.close();
  }

  @Test
  void connectionsOfOneParticipant_areBounded_andThoseOfOthersAreNot() throws Exception {
    var handler = new RecordingHandler();
    var open = new ArrayList<RawConnection>();
    try (var endpoint =
        NetworkEndpoint.start(Port.of("127.0.0.1", 0), AUTHORITY.issue("coordinator"), handler)) {
      for (int i = 0; i < Gate.MOST_CONNECTIONS; i++) {
        open.add(RawConnection.open(endpoint.port(), GREEDY, "http/1.1"));
      }
      try (var more = RawConnection.open(endpoint.port(), GREEDY, "http/1.1")) {
        assertThat(more.isClosed()).isTrue();
      }
      open.removeFirst().write(RawConnection.ascii("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
      try (var link =
          NetworkLink.open(
              Route.to(URI.create("https://localhost:" + endpoint.port())),
              HONEST,
              new Participant())) {
        next(handler.sessions);
        assertThat(link.isOpen()).isTrue();
      }
    } finally {
      for (RawConnection connection : open) {
        connection.close();
      }
    }
  }
}
