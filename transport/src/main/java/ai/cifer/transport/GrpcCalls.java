package ai.cifer.transport;

import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.DownloadReply;
import ai.cifer.transport.wire.EndpointGrpc;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadReply;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.ClientRequestContextCaptor;
import com.linecorp.armeria.client.Clients;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.HttpClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.stream.AbortedStreamException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Calls over one HTTP/2 connection.
final class GrpcCalls implements Calls {
  private final ClientFactory factory;
  private final EndpointGrpc.EndpointStub stub;
  private final NetworkFaults faults;
  private @Nullable ClientRequestContext session;

  /// @param endpoint carries the name that the coordinator's certificate must have
  GrpcCalls(ClientFactory factory, boolean secure, Endpoint endpoint, String where) {
    this.factory = factory;
    this.faults = new NetworkFaults(where);
    this.stub =
        GrpcClients.builder(secure ? "gproto+h2" : "gproto+h2c", endpoint)
            .factory(factory)
            .responseTimeoutMillis(0)
            .writeTimeoutMillis(0)
            .maxResponseLength(0)
            .maxRequestMessageLength(Frames.MAX_MESSAGE_BYTES)
            .maxResponseMessageLength(Frames.MAX_MESSAGE_BYTES)
            .decorator(GrpcCalls::quiet)
            .intercept(new Incoming.OfAnswers())
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
    try (ClientRequestContextCaptor captor = Clients.newContextCaptor()) {
      stub.session(pipe);
      session = captor.get();
    }
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
  public ByteString binding() throws IOException {
    return Binding.of(Objects.requireNonNull(session).sslSession());
  }

  @Override
  public void close() {
    factory.close();
  }
}
