package ai.cifer.transport;

import ai.cifer.transport.wire.Block;
import ai.cifer.transport.wire.EndpointGrpc;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadReply;
import com.google.protobuf.UnsafeByteOperations;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.client.websocket.WebSocketClient;
import com.linecorp.armeria.common.Scheme;
import com.linecorp.armeria.common.SerializationFormat;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.websocket.WebSocket;
import com.linecorp.armeria.common.websocket.WebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.websocket.WebSocketService;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// The library alone, with the same TLS, windows and messages of 1 MiB, and nothing of ours around
/// it: what a link's speed is compared with.
final class BareLoop implements AutoCloseable {
  private static final String PATH = "/bare";

  /// As many as [WebSocketPipe] has under way.
  private static final int UNSENT = 2;

  private final Server server;
  private final Route route;
  private final ClientFactory factory;

  BareLoop(TlsIdentity coordinator, TlsIdentity participant) {
    this.server =
        NetworkEndpoint.tuned(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Port.of("127.0.0.1", 0),
                coordinator)
            .service(NetworkEndpoint.grpc(new Swallow().bindService()))
            .service(
                PATH,
                WebSocketService.builder(
                        (context, in) -> {
                          WebSocketWriter out = WebSocket.streaming();
                          in.subscribe(new SwallowFrames(out), context.eventLoop());
                          return out;
                        })
                    .maxFramePayloadLength(Frames.MAX_MESSAGE_BYTES)
                    .allowedOrigins("*")
                    .build())
            .build();
    server.start().join();
    this.route = Route.to(URI.create("https://localhost:" + server.activeLocalPort()));
    this.factory =
        NetworkLink.factory(route, participant.authorities())
            .tlsCustomizer(tls -> tls.keyManager(new OneKey(participant)))
            .build();
  }

  /// Sends so many messages with gRPC and waits for the answer.
  void grpc(int messages) {
    EndpointGrpc.EndpointStub stub =
        GrpcClients.builder("gproto+h2", endpoint())
            .factory(factory)
            .responseTimeoutMillis(0)
            .writeTimeoutMillis(0)
            .maxRequestMessageLength(Frames.MAX_MESSAGE_BYTES)
            .build(EndpointGrpc.EndpointStub.class);
    var done = new CompletableFuture<Void>();
    var unused = stub.upload(new Sending(messages, done));
    Objects.requireNonNull(unused);
    done.join();
  }

  /// Sends so many messages over a WebSocket and waits for the answer.
  void webSocket(int messages) {
    var session =
        WebSocketClient.builder(Scheme.of(SerializationFormat.WS, SessionProtocol.H1), endpoint())
            .factory(factory)
            .autoFillOriginHeader(false)
            .writeTimeoutMillis(0)
            .build()
            .connect(PATH)
            .join();
    var done = new CompletableFuture<Void>();
    session.inbound().subscribe(new Answer(done));
    WebSocketWriter out = session.outbound();
    var unsent = new ArrayDeque<CompletableFuture<Void>>();
    byte[] message = message().toByteArray();
    for (int i = 0; i < messages; i++) {
      if (unsent.size() == UNSENT) {
        unsent.remove().join();
      }
      out.write(WebSocketFrame.ofBinary(message));
      unsent.add(out.whenConsumed());
    }
    out.write(WebSocketFrame.ofText(WebSocketPipe.OK));
    done.join();
    out.close();
  }

  private Endpoint endpoint() {
    return Endpoint.of(route.host(), route.port());
  }

  private static UploadFrame message() {
    return UploadFrame.newBuilder()
        .setBlock(
            Block.newBuilder()
                .setBody(UnsafeByteOperations.unsafeWrap(new byte[Frames.BLOCK_BYTES])))
        .build();
  }

  @Override
  public void close() {
    factory.close();
    server.stop().join();
  }

  private static final class Sending implements ClientResponseObserver<UploadFrame, UploadReply> {
    private final UploadFrame message = message();
    private final CompletableFuture<Void> done;
    private int left;

    Sending(int messages, CompletableFuture<Void> done) {
      this.left = messages;
      this.done = done;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<UploadFrame> out) {
      out.setOnReadyHandler(() -> {
        while (left > 0 && out.isReady()) {
          out.onNext(message);
          if (--left == 0) {
            out.onCompleted();
          }
        }
      });
    }

    @Override
    public void onNext(UploadReply reply) {}

    @Override
    public void onError(Throwable cause) {
      done.completeExceptionally(cause);
    }

    @Override
    public void onCompleted() {
      done.complete(null);
    }
  }

  private static final class Swallow extends EndpointGrpc.EndpointImplBase {
    @Override
    public StreamObserver<UploadFrame> upload(StreamObserver<UploadReply> out) {
      return new StreamObserver<>() {
        @Override
        public void onNext(UploadFrame frame) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {
          out.onCompleted();
        }
      };
    }
  }

  /// Takes frame after frame, and answers the text.
  private static final class SwallowFrames implements Subscriber<WebSocketFrame> {
    private final WebSocketWriter out;
    private @Nullable Subscription subscription;

    SwallowFrames(WebSocketWriter out) {
      this.out = out;
    }

    @Override
    public void onSubscribe(Subscription s) {
      subscription = s;
      s.request(1);
    }

    @Override
    public void onNext(WebSocketFrame frame) {
      if (frame.type() == com.linecorp.armeria.common.websocket.WebSocketFrameType.TEXT) {
        out.write(WebSocketFrame.ofText(WebSocketPipe.OK));
        out.close();
      }
      Objects.requireNonNull(subscription).request(1);
    }

    @Override
    public void onError(Throwable cause) {
      out.close(cause);
    }

    @Override
    public void onComplete() {
      out.close();
    }
  }

  /// Waits for the first frame of the server.
  private record Answer(CompletableFuture<Void> done) implements Subscriber<WebSocketFrame> {
    @Override
    public void onSubscribe(Subscription s) {
      s.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(WebSocketFrame frame) {
      done.complete(null);
    }

    @Override
    public void onError(Throwable cause) {
      done.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
      done.complete(null);
    }
  }
}
