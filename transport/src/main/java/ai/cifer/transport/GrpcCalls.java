package ai.cifer.transport;

import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.DownloadReply;
import ai.cifer.transport.wire.EndpointGrpc;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadReply;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.HttpClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.stream.AbortedStreamException;
import io.grpc.StatusRuntimeException;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;

/// Calls over one HTTP/2 connection to one address.
final class GrpcCalls implements Calls {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final ClientFactory factory;
  private final EndpointGrpc.EndpointStub stub;
  private final GrpcFaults faults;

  /// @param host the name that the coordinator's certificate must carry
  GrpcCalls(String host, int port, InetAddress address, TlsIdentity identity, Duration keepAlive) {
    this.faults = new GrpcFaults(host + ":" + port);
    this.factory =
        ClientFactory.builder()
            .tls(TlsKeyPair.of(identity.key(), identity.chain()))
            .tlsEngineType(Windows.TLS_ENGINE)
            .tlsCustomizer(tls ->
                tls.trustManager(identity.authorities().toArray(X509Certificate[]::new))
                    .protocols(Windows.TLS_PROTOCOL))
            // gauges.
            .meterRegistry(Windows.noMetrics())
            .connectTimeout(CONNECT_TIMEOUT)
            .pingInterval(keepAlive)
            .idleTimeout(keepAlive.multipliedBy(Windows.IDLE_PINGS))
            .http2InitialStreamWindowSize(Windows.STREAM_BYTES)
            .http2InitialConnectionWindowSize(Windows.CONNECTION_BYTES)
            .http2MaxFrameSize(Windows.FRAME_BYTES)
            .channelOption(ChannelOption.TCP_NODELAY, true)
            .channelOption(ChannelOption.SO_KEEPALIVE, true)
            .build();
    this.stub =
        GrpcClients.builder("gproto+https", Endpoint.of(host, port).withInetAddress(address))
            .factory(factory)
            .responseTimeoutMillis(0)
            .writeTimeoutMillis(0)
            .maxResponseLength(0)
            .maxRequestMessageLength(Frames.MAX_MESSAGE_BYTES)
            .maxResponseMessageLength(Frames.MAX_MESSAGE_BYTES)
            // A refusal ends our half of the call as well; Armeria would log that as an unexpected
            // failure.
            .decorator(GrpcCalls::quiet)
            .decompressorRegistry(Windows.NO_COMPRESSION)
            .build(EndpointGrpc.EndpointStub.class);
  }

  /// A refusal ends this half of the call too, which Armeria would log as an unexpected failure.
  private static HttpResponse quiet(
      HttpClient next, ClientRequestContext context, HttpRequest request) throws Exception {
    HttpRequest mapped =
        request.mapError(cause ->
            cause instanceof StatusRuntimeException ? AbortedStreamException.get() : cause);
    context.updateRequest(mapped);
    return next.execute(context, mapped);
  }

  @Override
  public Pipe<SessionFrame, SessionFrame> session() {
    var pipe = new GrpcClientPipe<SessionFrame, SessionFrame>(faults);
    stub.session(pipe);
    return pipe;
  }

  @Override
  public Pipe<UploadReply, UploadFrame> upload() {
    var pipe = new GrpcClientPipe<UploadReply, UploadFrame>(faults);
    stub.upload(pipe);
    return pipe;
  }

  @Override
  public Pipe<DownloadReply, DownloadOpen> download(DownloadOpen open) {
    var pipe = new GrpcClientPipe<DownloadReply, DownloadOpen>(faults);
    stub.download(open, pipe);
    return pipe;
  }

  @Override
  public void close() {
    factory.close();
  }
}
