package ai.cifer.transport;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Reads messages of the wire. Fields that this version does not know are skipped: protobuf would
/// keep them, in up to 35 times their bytes.
final class Incoming {
  private Incoming() {}

  /// A parser that skips unknown fields.
  static <M extends Message> Parser<M> parser(Parser<M> parser) {
    return DiscardUnknownFieldsParser.wrap(parser);
  }

  /// @param bytes belong to the message from now on
  static <M> M parse(Parser<M> parser, byte[] bytes) throws InvalidProtocolBufferException {
    CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
    input.enableAliasing(true);
    return parser.parseFrom(input);
  }

  /// The service, which reads requests so.
  static ServerServiceDefinition of(ServerServiceDefinition service) {
    var methods = ServerServiceDefinition.builder(service.getServiceDescriptor().getName());
    service.getMethods().forEach(method -> methods.addMethod(of(method)));
    return methods.build();
  }

  private static <I, O> ServerMethodDefinition<I, O> of(ServerMethodDefinition<I, O> method) {
    MethodDescriptor<I, O> descriptor = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        descriptor.toBuilder(
                Reading.of(descriptor.getRequestMarshaller()), descriptor.getResponseMarshaller())
            .build(),
        method.getServerCallHandler());
  }

  /// Calls that read answers so.
  static final class OfAnswers implements ClientInterceptor {
    @Override
    public <I, O> ClientCall<I, O> interceptCall(
        MethodDescriptor<I, O> method, CallOptions options, Channel next) {
      return next.newCall(
          method.toBuilder(
                  method.getRequestMarshaller(), Reading.of(method.getResponseMarshaller()))
              .build(),
          options);
    }
  }

  /// @param wire writes as before
  private record Reading<M>(MethodDescriptor.Marshaller<M> wire, Parser<M> parser)
      implements MethodDescriptor.Marshaller<M> {

    @SuppressWarnings("unchecked") // A message parses its own kind.
    static <M> MethodDescriptor.Marshaller<M> of(MethodDescriptor.Marshaller<M> wire) {
      var message =
          (Message) ((MethodDescriptor.PrototypeMarshaller<M>) wire).getMessagePrototype();
      return new Reading<>(wire, (Parser<M>) Incoming.parser(message.getParserForType()));
    }

    @Override
    public InputStream stream(M message) {
      return wire.stream(message);
    }

    @Override
    public M parse(InputStream stream) {
      try {
        return Incoming.parse(parser, stream.readAllBytes());
      } catch (InvalidProtocolBufferException e) {
        throw Status.INVALID_ARGUMENT
            .withDescription(WebSocketPipe.MALFORMED)
            .withCause(e)
            .asRuntimeException();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
