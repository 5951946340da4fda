package ai.cifer.transport;

import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.DownloadReply;
import ai.cifer.transport.wire.EndpointGrpc;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadReply;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.websocket.WebSocket;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.websocket.WebSocketService;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BiConsumer;

/// The coordinator's calls over WebSockets, at the paths of gRPC behind `/ws`.
final class WebSocketRoutes implements WebSocketPipe.Side {
  private static final String PREFIX = "/ws/" + EndpointGrpc.SERVICE_NAME + "/";
  static final String SESSION = PREFIX + "Session";
  static final String UPLOAD = PREFIX + "Upload";
  static final String DOWNLOAD = PREFIX + "Download";

  private final Duration keepAlive;

  private WebSocketRoutes(Duration keepAlive) {
    this.keepAlive = keepAlive;
  }

  static void add(ServerBuilder server, EndpointCalls calls, Gate gate, Duration keepAlive) {
    var routes = new WebSocketRoutes(keepAlive);
    server.service(
        SESSION,
        routes.<SessionFrame, SessionFrame>at(
            SessionFrame.parser(),
            (context, pipe) -> calls.session(NetworkEndpoint.caller(context, gate), pipe)));
    server.service(
        UPLOAD,
        routes.<UploadFrame, UploadReply>at(
            UploadFrame.parser(),
            (context, pipe) -> calls.upload(NetworkEndpoint.caller(context, gate), pipe)));
    server.service(
        DOWNLOAD,
        routes.<DownloadOpen, DownloadReply>at(
            DownloadOpen.parser(),
            (context, pipe) -> calls.download(NetworkEndpoint.caller(context, gate), pipe)));
  }

  private <I extends Message, O extends MessageLite> HttpService at(
      Parser<I> parser, BiConsumer<ServiceRequestContext, Pipe<I, O>> call) {
    WebSocketService service =
        WebSocketService.builder(
                (context, in) -> {
                  WebSocketWriter out = WebSocket.streaming();
                  call.accept(context, pipe(parser, context, in, out));
                  return out;
                })
            .maxFramePayloadLength(Frames.MAX_MESSAGE_BYTES)
            .allowedOrigins("*")
            .build();
    return service.decorate(WebSocketRoutes::withoutForeignPages);
  }

  private <I extends Message, O extends MessageLite> Pipe<I, O> pipe(
      Parser<I> parser, ServiceRequestContext context, WebSocket in, WebSocketWriter out) {
    return WebSocketPipe.of(this, parser, in, out, context.eventLoop().withoutContext(), keepAlive);
  }

  /// Browsers name the page that opens a WebSocket, others nothing. A page of somebody else could
  /// use the certificate in a browser behind its owner's back.
  private static HttpResponse withoutForeignPages(
      HttpService service, ServiceRequestContext context, HttpRequest request) throws Exception {
    String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    if (origin != null && !origin.equals(request.scheme() + "://" + request.authority())) {
      return HttpResponse.of(HttpStatus.FORBIDDEN);
    }
    return service.serve(context, request);
  }

  @Override
  public boolean endsCall() {
    return true;
  }

  @Override
  public IOException told(String line) {
    return new IOException(NetworkFaults.LOST);
  }

  @Override
  public IOException lost(Throwable cause) {
    return new IOException(NetworkFaults.LOST);
  }
}
