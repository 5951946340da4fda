package ai.cifer.transport;

import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.DownloadReply;
import ai.cifer.transport.wire.EndpointGrpc;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadReply;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.ClientAuth;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// Sessions and streams over gRPC and over WebSockets, with mutual TLS 1.3, on one port.
///
/// Flow control: a call of a participant has an HTTP/2 window of [Windows#STREAM_BYTES]; its bytes
/// are credited when the handler has taken the message before. So a slow disk stops the sender, and
/// no other call on the same connection.
public final class NetworkEndpoint implements Endpoint {
  private final Server server;
  private final EndpointCalls calls;

  private NetworkEndpoint(Server server, EndpointCalls calls) {
    this.server = server;
    this.calls = calls;
  }

  /// Listens with keep-alive pings every [Route#KEEP_ALIVE].
  ///
  /// @param host name or address of the interface, `0.0.0.0` for all
  /// @param port 0 for any free one, see [#port]
  /// @throws IOException if the port is taken or the address is not local
  public static NetworkEndpoint start(
      String host, int port, TlsIdentity identity, EndpointHandler handler) throws IOException {
    return start(host, port, identity, handler, Route.KEEP_ALIVE);
  }

  /// Listens.
  ///
  /// @param keepAlive a connection on which nothing happened for so long is pinged, and lost when
  ///   the answer takes as long again; at least one second
  public static NetworkEndpoint start(
      String host, int port, TlsIdentity identity, EndpointHandler handler, Duration keepAlive)
      throws IOException {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IOException(
          "host: " + Printable.of(host) + " (expected: a name or address of this machine)");
    }
    var calls = new EndpointCalls(handler);
    ServerBuilder builder =
        Server.builder()
            .https(address)
            .tls(TlsKeyPair.of(identity.key(), identity.chain()))
            .tlsEngineType(Windows.TLS_ENGINE)
            .tlsCustomizer(tls ->
                tls.clientAuth(ClientAuth.REQUIRE)
                    .trustManager(identity.authorities().toArray(X509Certificate[]::new))
                    .protocols(Windows.TLS_PROTOCOL))
            .requestTimeoutMillis(0)
            .maxRequestLength(0)
            .pingInterval(keepAlive)
            .idleTimeout(keepAlive.multipliedBy(Windows.IDLE_PINGS))
            .http2InitialStreamWindowSize(Windows.STREAM_BYTES)
            .http2InitialConnectionWindowSize(Windows.CONNECTION_BYTES)
            .http2MaxStreamsPerConnection(Windows.STREAMS)
            .http2MaxFrameSize(Windows.FRAME_BYTES)
            .childChannelOption(ChannelOption.TCP_NODELAY, true)
            .childChannelOption(ChannelOption.SO_KEEPALIVE, true)
            .meterRegistry(Windows.noMetrics())
            .bossGroupFactory(AcceptorGroup::create)
            .disableServerHeader()
            .disableDateHeader()
            .gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO)
            .service(
                GrpcService.builder()
                    .addService(new Service(calls))
                    .maxRequestMessageLength(Frames.MAX_MESSAGE_BYTES)
                    .maxResponseMessageLength(Frames.MAX_MESSAGE_BYTES)
                    // Nothing we send is compressible, and what is not decompressed cannot be a
                    // bomb.
                    .decompressorRegistry(Windows.NO_COMPRESSION)
                    .useClientTimeoutHeader(false)
                    .build());
    WebSocketRoutes.add(builder, calls, keepAlive);
    Server server = builder.build();
    try {
      server.start().join();
    } catch (CompletionException e) {
      server.close();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "cannot listen at "
              + Printable.of(host)
              + ":"
              + port
              + " ("
              + NetworkFaults.plain(cause)
              + "); stop what uses the port, or choose another one",
          e);
    }
    return new NetworkEndpoint(server, calls);
  }

  /// The port that participants connect to.
  public int port() {
    return server.activeLocalPort();
  }

  @Override
  public void close() {
    calls.close();
    server.stop().join();
  }

  private static final class Service extends EndpointGrpc.EndpointImplBase {
    private final EndpointCalls calls;

    Service(EndpointCalls calls) {
      this.calls = calls;
    }

    @Override
    public StreamObserver<SessionFrame> session(StreamObserver<SessionFrame> out) {
      GrpcServerPipe<SessionFrame, SessionFrame> pipe = GrpcServerPipe.hearing(out);
      calls.session(peer(), pipe);
      return pipe;
    }

    @Override
    public StreamObserver<UploadFrame> upload(StreamObserver<UploadReply> out) {
      GrpcServerPipe<UploadFrame, UploadReply> pipe = GrpcServerPipe.hearing(out);
      calls.upload(peer(), pipe);
      return pipe;
    }

    @Override
    public void download(DownloadOpen request, StreamObserver<DownloadReply> out) {
      calls.download(peer(), GrpcServerPipe.heard(request, out));
    }

    private static X509Certificate peer() {
      return NetworkEndpoint.peer(ServiceRequestContext.current());
    }
  }

  /// Who sits at the other end of a request's connection.
  static X509Certificate peer(ServiceRequestContext context) {
    SSLSession session = context.sslSession();
    try {
      if (session != null
          && session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
        return certificate;
      }
    } catch (SSLPeerUnverifiedException e) {
      throw Status.UNAUTHENTICATED
          .withDescription("no certificate")
          .withCause(e)
          .asRuntimeException();
    }
    throw Status.UNAUTHENTICATED.withDescription("no certificate").asRuntimeException();
  }
}
