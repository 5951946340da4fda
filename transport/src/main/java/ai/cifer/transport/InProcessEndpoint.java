package ai.cifer.transport;

import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.DownloadReply;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadReply;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.security.cert.X509Certificate;

/// A coordinator without a network, for simulation and tests: the same order, limits and
/// back-pressure.
public final class InProcessEndpoint implements Endpoint {
  private final EndpointCalls calls;

  private InProcessEndpoint(EndpointCalls calls) {
    this.calls = calls;
  }

  /// Starts with a handler.
  public static InProcessEndpoint start(EndpointHandler handler) {
    return new InProcessEndpoint(
        new EndpointCalls(handler, Doorkeeper.NONE, new Refusals(System::nanoTime)));
  }

  /// Connects a participant.
  ///
  /// @param peer what [Session#peer] returns; the caller vouches for it
  /// @throws LinkRefused if the handler turns it away
  /// @throws IOException if the endpoint is closed
  public Link connect(X509Certificate peer, LinkHandler handler) throws IOException {
    return ParticipantLink.open(
        new InProcessCalls(calls, new Caller(peer, () -> {})), new Introduction(null), handler);
  }

  @Override
  public int port() {
    return 0;
  }

  @Override
  public PortFigures figures() {
    return calls.figures();
  }

  @Override
  public void close() {
    calls.close();
  }

  private record InProcessCalls(EndpointCalls calls, Caller caller) implements Calls {
    @Override
    public Pipe<SessionFrame, SessionFrame> session() {
      var call = new InProcessCall<SessionFrame, SessionFrame>();
      calls.session(caller, call.coordinator());
      return call.participant();
    }

    @Override
    public Pipe<UploadReply, UploadFrame> upload() {
      var call = new InProcessCall<UploadFrame, UploadReply>();
      calls.upload(caller, call.coordinator());
      return call.participant();
    }

    @Override
    public Pipe<DownloadReply, DownloadOpen> download(DownloadOpen open) throws IOException {
      var call = new InProcessCall<DownloadOpen, DownloadReply>();
      Pipe<DownloadReply, DownloadOpen> participant = call.participant();
      participant.put(open);
      participant.finish();
      calls.download(caller, call.coordinator());
      return participant;
    }

    @Override
    public ByteString binding() {
      return Statement.UNBOUND;
    }

    @Override
    public void close() {}
  }
}
