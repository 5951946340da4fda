package ai.cifer.transport;

import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.DownloadReply;
import ai.cifer.transport.wire.EndpointGrpc;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadReply;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.ClientAuth;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Sessions and streams over gRPC and over WebSockets, with TLS 1.3, on one port.
///
/// Flow control: a call of a participant has an HTTP/2 window of [Windows#STREAM_BYTES]; its bytes
/// are credited when the handler has taken the message before. So a slow disk stops the sender, and
/// no other call on the same connection.
public final class NetworkEndpoint implements Endpoint {
  /// Ours are about 500 bytes; nobody needs room for more.
  private static final int MOST_HEADER_BYTES = 8 << 10;

  /// 1024 clients with a session and two streams of WebSockets, each twice while they reconnect.
  private static final int MOST_CONNECTIONS = 6144;

  private final Server server;
  private final EndpointCalls calls;

  private NetworkEndpoint(Server server, EndpointCalls calls) {
    this.server = server;
    this.calls = calls;
  }

  /// Listens, and lets in who shows a certificate in TLS.
  ///
  /// @throws IOException if the port is taken or the address is not local
  public static NetworkEndpoint start(Port port, TlsIdentity identity, EndpointHandler handler)
      throws IOException {
    if (port.admission() != Port.Admission.CERTIFICATE) {
      throw new IllegalArgumentException(
          "admission: " + port.admission() + " (expected: CERTIFICATE, or a signed identity)");
    }
    return start(port, identity, Doorkeeper.NONE, handler);
  }

  /// Listens, and lets in who shows a certificate in TLS or proves another way who it is.
  ///
  /// @throws IOException if the port is taken or the address is not local
  public static NetworkEndpoint start(
      Port port, TlsIdentity identity, SignedIdentity signed, EndpointHandler handler)
      throws IOException {
    return start(port, identity, doorkeeper(port, identity, signed), handler);
  }

  private static Doorkeeper doorkeeper(Port port, TlsIdentity identity, SignedIdentity signed)
      throws IOException {
    var bindings = new HashSet<ByteString>();
    switch (port.admission()) {
      case CERTIFICATE -> {
        return Doorkeeper.NONE;
      }
      case SIGNATURE -> {
        bindings.add(Binding.of(identity.chain().getFirst()));
        for (X509Certificate proxy : port.proxies()) {
          bindings.add(Binding.of(proxy));
        }
      }
      case SIGNATURE_WITHOUT_TLS -> bindings.add(Statement.UNBOUND);
    }
    return new Doorkeeper(signed, bindings);
  }

  private static NetworkEndpoint start(
      Port port, TlsIdentity identity, Doorkeeper doorkeeper, EndpointHandler handler)
      throws IOException {
    var address = new InetSocketAddress(port.host(), port.port());
    if (address.isUnresolved()) {
      throw new IOException(
          "host: " + Printable.of(port.host()) + " (expected: a name or address of this machine)");
    }
    if (!port.secure() && !address.getAddress().isLoopbackAddress()) {
      throw new IOException(
          "host: "
              + Printable.of(port.host())
              + " (expected: localhost; without TLS only this machine itself may connect)");
    }
    var refusals = new Refusals(System::nanoTime);
    var calls = new EndpointCalls(handler, doorkeeper, refusals);
    var gate = new Gate(refusals);
    Server server = server(address, port, identity, calls, gate);
    try {
      server.start().join();
    } catch (CompletionException e) {
      server.close();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "cannot listen at "
              + Printable.of(port.host())
              + ":"
              + port.port()
              + " ("
              + NetworkFaults.plain(cause)
              + "); stop what uses the port, or choose another one",
          e);
    }
    return new NetworkEndpoint(server, calls);
  }

  private static Server server(
      InetSocketAddress address, Port port, TlsIdentity identity, EndpointCalls calls, Gate gate) {
    ServerBuilder builder =
        tuned(address, port, identity)
            .childChannelPipelineCustomizer(gate::guard)
            .bossGroupFactory(AcceptorGroup::create)
            .service(grpc(Incoming.of(new Service(calls, gate).bindService())));
    WebSocketRoutes.add(builder, calls, gate, port.keepAlive());
    return builder.build();
  }

  /// gRPC with the limits of messages.
  static GrpcService grpc(ServerServiceDefinition service) {
    return GrpcService.builder()
        .addService(service)
        .maxRequestMessageLength(Frames.MAX_MESSAGE_BYTES)
        .maxResponseMessageLength(Frames.MAX_MESSAGE_BYTES)
        .decompressorRegistry(Windows.NO_COMPRESSION)
        .useClientTimeoutHeader(false)
        .build();
  }

  /// A server with the port's TLS, windows and limits, and without services.
  static ServerBuilder tuned(InetSocketAddress address, Port port, TlsIdentity identity) {
    ServerBuilder builder =
        Server.builder()
            .requestTimeoutMillis(0)
            .maxRequestLength(0)
            .http1MaxHeaderSize(MOST_HEADER_BYTES)
            .http2MaxHeaderListSize(MOST_HEADER_BYTES)
            .maxNumConnections(MOST_CONNECTIONS)
            .pingInterval(port.keepAlive())
            .idleTimeout(port.keepAlive().multipliedBy(Windows.IDLE_PINGS))
            .http2InitialStreamWindowSize(Windows.STREAM_BYTES)
            .http2InitialConnectionWindowSize(Windows.CONNECTION_BYTES)
            .http2MaxStreamsPerConnection(Windows.STREAMS)
            .http2MaxFrameSize(Windows.FRAME_BYTES)
            .childChannelOption(ChannelOption.TCP_NODELAY, true)
            .childChannelOption(ChannelOption.SO_KEEPALIVE, true)
            .meterRegistry(Windows.noMetrics())
            .disableServerHeader()
            .disableDateHeader()
            .gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO);
    if (!port.secure()) {
      return builder.http(address);
    }
    return builder
        .https(address)
        .tls(TlsKeyPair.of(identity.key(), identity.chain()))
        .tlsEngineType(Windows.TLS_ENGINE)
        .tlsCustomizer(tls ->
            tls.keyManager(new OneKey(identity))
                .clientAuth(
                    port.admission() == Port.Admission.CERTIFICATE
                        ? ClientAuth.REQUIRE
                        : ClientAuth.OPTIONAL)
                .trustManager(identity.authorities().toArray(X509Certificate[]::new))
                .protocols(Windows.TLS_PROTOCOL));
  }

  @Override
  public int port() {
    return server.activeLocalPort();
  }

  @Override
  public PortFigures figures() {
    return calls.figures();
  }

  @Override
  public void close() {
    calls.close();
    server.stop().join();
  }

  private static final class Service extends EndpointGrpc.EndpointImplBase {
    private final EndpointCalls calls;
    private final Gate gate;

    Service(EndpointCalls calls, Gate gate) {
      this.calls = calls;
      this.gate = gate;
    }

    @Override
    public StreamObserver<SessionFrame> session(StreamObserver<SessionFrame> out) {
      GrpcServerPipe<SessionFrame, SessionFrame> pipe = GrpcServerPipe.hearing(out);
      calls.session(caller(), pipe);
      return pipe;
    }

    @Override
    public StreamObserver<UploadFrame> upload(StreamObserver<UploadReply> out) {
      GrpcServerPipe<UploadFrame, UploadReply> pipe = GrpcServerPipe.hearing(out);
      calls.upload(caller(), pipe);
      return pipe;
    }

    @Override
    public void download(DownloadOpen request, StreamObserver<DownloadReply> out) {
      calls.download(caller(), GrpcServerPipe.heard(request, out));
    }

    private Caller caller() {
      return NetworkEndpoint.caller(ServiceRequestContext.current(), gate);
    }
  }

  /// Who makes a request.
  static Caller caller(ServiceRequestContext context, Gate gate) {
    Channel channel = context.log().ensureAvailable(RequestLogProperty.SESSION).channel();
    return new Caller(
        certificate(context.sslSession()),
        () -> {
          if (channel != null) {
            gate.admit(channel);
          }
        });
  }

  /// What the other side showed.
  static @Nullable X509Certificate certificate(@Nullable SSLSession session) {
    try {
      return session != null
              && session.getPeerCertificates()[0] instanceof X509Certificate certificate
          ? certificate
          : null;
    } catch (SSLPeerUnverifiedException _) {
      return null;
    }
  }
}
