package ai.cifer.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.transport.wire.Claim;
import ai.cifer.transport.wire.EndpointGrpc;
import ai.cifer.transport.wire.Hello;
import ai.cifer.transport.wire.SessionFrame;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;

class IncomingTest {
  /// Two bytes each; every kept one took some 70.
  private static UnknownFieldSet unknown() {
    var fields = UnknownFieldSet.newBuilder();
    for (int i = 0; i < 30_000; i++) {
      fields.mergeVarintField(15, 1);
    }
    return fields.build();
  }

  private static SessionFrame stuffed() {
    UnknownFieldSet unknown = unknown();
    return SessionFrame.newBuilder()
        .setUnknownFields(unknown)
        .setHello(
            Hello.newBuilder()
                .setVersion(1)
                .setUnknownFields(unknown)
                .setClaim(
                    Claim.newBuilder()
                        .setNonce(ByteString.copyFromUtf8("nonce"))
                        .setUnknownFields(unknown)))
        .build();
  }

  private static SessionFrame plain() {
    return SessionFrame.newBuilder()
        .setHello(
            Hello.newBuilder()
                .setVersion(1)
                .setClaim(Claim.newBuilder().setNonce(ByteString.copyFromUtf8("nonce"))))
        .build();
  }

  @Test
  void fieldsThatNobodyKnows_areNotKept_atAnyDepth() throws Exception {
    assertThat(stuffed().getSerializedSize()).isGreaterThan(180_000);
    assertThat(Incoming.parse(Incoming.parser(SessionFrame.parser()), stuffed().toByteArray()))
        .isEqualTo(plain());
  }

  @Test
  void overGrpc_neither_inNoCall() {
    var service = Incoming.of(new EndpointGrpc.EndpointImplBase() {}.bindService());
    assertThat(service.getMethods()).hasSize(3).allSatisfy(method -> assertSkips(method));
    assertThat(service.getServiceDescriptor().getName()).isEqualTo(EndpointGrpc.SERVICE_NAME);
  }

  private static <I, O> void assertSkips(ServerMethodDefinition<I, O> method) {
    MethodDescriptor<I, O> descriptor = method.getMethodDescriptor();
    var stream =
        new ByteArrayInputStream(
            SessionFrame.newBuilder().setUnknownFields(unknown()).build().toByteArray());
    assertThat(((Message) descriptor.parseRequest(stream)).getSerializedSize()).isZero();
    assertThatThrownBy(
            () -> descriptor.parseRequest(new ByteArrayInputStream(new byte[] {1, 2, 3})))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
  }
}
