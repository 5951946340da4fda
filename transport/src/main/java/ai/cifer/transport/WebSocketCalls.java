package ai.cifer.transport;

import ai.cifer.transport.LinkRefused.Reason;
import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.DownloadReply;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadReply;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.websocket.WebSocketClient;
import com.linecorp.armeria.client.websocket.WebSocketClientHandshakeException;
import com.linecorp.armeria.client.websocket.WebSocketSession;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.Scheme;
import com.linecorp.armeria.common.SerializationFormat;
import com.linecorp.armeria.common.SessionProtocol;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Calls over WebSockets, each on an HTTP/1.1 connection of its own: so every proxy lets them
/// through, and TCP controls the flow of each.
final class WebSocketCalls implements Calls, WebSocketPipe.Side {
  /// From the first packet to the answer of the coordinator.
  private static final Duration OPENING_TIMEOUT = Duration.ofSeconds(20);

  private final ClientFactory factory;
  private final WebSocketClient client;
  private final NetworkFaults faults;
  private final Duration keepAlive;
  private @Nullable WebSocketSession session;

  /// @param endpoint carries the name that the coordinator's certificate must have
  WebSocketCalls(
      ClientFactory factory, boolean secure, Endpoint endpoint, String where, Duration keepAlive) {
    this.factory = factory;
    this.faults = new NetworkFaults(where);
    this.keepAlive = keepAlive;
    this.client =
        WebSocketClient.builder(
                Scheme.of(
                    SerializationFormat.WS, secure ? SessionProtocol.H1 : SessionProtocol.H1C),
                endpoint)
            .factory(factory)
            .maxFramePayloadLength(Frames.MAX_MESSAGE_BYTES)
            .autoFillOriginHeader(false)
            .writeTimeoutMillis(0)
            .build();
  }

  @Override
  public Pipe<SessionFrame, SessionFrame> session() throws IOException {
    WebSocketSession opened = connect(WebSocketRoutes.SESSION);
    session = opened;
    return pipe(opened, SessionFrame.parser());
  }

  @Override
  public Pipe<UploadReply, UploadFrame> upload() throws IOException {
    return open(WebSocketRoutes.UPLOAD, UploadReply.parser());
  }

  @Override
  public Pipe<DownloadReply, DownloadOpen> download(DownloadOpen open) throws IOException {
    Pipe<DownloadReply, DownloadOpen> pipe = open(WebSocketRoutes.DOWNLOAD, DownloadReply.parser());
    pipe.put(open);
    pipe.finish();
    return pipe;
  }

  private <I extends Message, O extends MessageLite> Pipe<I, O> open(String path, Parser<I> parser)
      throws IOException {
    return pipe(connect(path), parser);
  }

  private WebSocketSession connect(String path) throws IOException {
    CompletableFuture<WebSocketSession> opening = client.connect(path);
    try {
      return opening.get(OPENING_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw refused(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      var _ = opening.thenAccept(late -> late.context().cancel());
      var silent =
          new ConnectException("no answer within " + OPENING_TIMEOUT.toSeconds() + " seconds");
      silent.initCause(e);
      throw faults.toException(silent);
    } catch (InterruptedException e) {
      throw Mailbox.interrupted(e);
    }
  }

  private <I extends Message, O extends MessageLite> Pipe<I, O> pipe(
      WebSocketSession opened, Parser<I> parser) {
    return WebSocketPipe.of(
        this,
        parser,
        opened.inbound(),
        opened.outbound(),
        opened.context().eventLoop().withoutContext(),
        keepAlive);
  }

  @Override
  public ByteString binding() throws IOException {
    return Binding.of(Objects.requireNonNull(session).context().sslSession());
  }

  /// A coordinator upgrades every call and says no afterwards, so that another answer is that of a
  /// proxy before it.
  private IOException refused(Throwable cause) {
    if (cause instanceof WebSocketClientHandshakeException answer) {
      HttpStatus status = answer.headers().status();
      return mayPass(status)
          ? new LinkRefused(
              Reason.UNREACHABLE,
              "%s answers a WebSocket with %s; start the coordinator behind that proxy, or correct the way there"
                  .formatted(faults.where(), status),
              cause)
          : new LinkRefused(
              Reason.DECLINED,
              "%s answers a WebSocket with %s; is that a coordinator's address, without a proxy that stops WebSockets?"
                  .formatted(faults.where(), status),
              cause);
    }
    return faults.toException(cause);
  }

  /// What a proxy says while the coordinator behind it starts again, or has too much to do (RFC
  /// 9110, section 15; RFC 6585, section 4).
  private static boolean mayPass(HttpStatus status) {
    return status.isServerError()
        || status.equals(HttpStatus.REQUEST_TIMEOUT)
        || status.equals(HttpStatus.TOO_MANY_REQUESTS);
  }

  @Override
  public boolean endsCall() {
    return false;
  }

  @Override
  public IOException told(String line) {
    return faults.told(line);
  }

  @Override
  public IOException lost(Throwable cause) {
    return faults.lost(cause);
  }

  @Override
  public void close() {
    factory.close();
  }
}
