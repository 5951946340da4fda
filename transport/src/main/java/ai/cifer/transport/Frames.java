package ai.cifer.transport;

import ai.cifer.transport.wire.EnvelopeFrame;
import ai.cifer.transport.wire.Goodbye;
import ai.cifer.transport.wire.SessionFrame;
import com.google.protobuf.UnsafeByteOperations;

/// Between the messages of the wire and the public types; the only place where their limits are
/// checked.
final class Frames {
  /// Version of the protocol in `cifer_transport_v1.proto`.
  static final int VERSION = 1;

  /// One block. Smaller ones cost throughput, larger ones memory.
  static final int BLOCK_BYTES = 1 << 20;

  /// The longest message: an envelope and its framing.
  static final int MAX_MESSAGE_BYTES = Envelope.MAX_BODY_BYTES + (64 << 10);

  static final int MAX_RECEIPT_BYTES = 64 << 10;

  private Frames() {}

  static SessionFrame of(Envelope envelope) {
    return SessionFrame.newBuilder()
        .setEnvelope(
            EnvelopeFrame.newBuilder()
                .setKind(envelope.kind())
                .setId(envelope.id())
                .setBody(UnsafeByteOperations.unsafeWrap(envelope.body())))
        .build();
  }

  static SessionFrame goodbye(String reason) {
    return SessionFrame.newBuilder()
        .setGoodbye(Goodbye.newBuilder().setReason(Printable.of(reason)))
        .build();
  }

  static Envelope envelope(EnvelopeFrame frame) throws ProtocolException {
    try {
      return new Envelope(frame.getKind(), frame.getId(), frame.getBody().toByteArray());
    } catch (IllegalArgumentException e) {
      throw new ProtocolException(String.valueOf(e.getMessage()));
    }
  }

  static String streamName(String name) throws ProtocolException {
    try {
      return StreamName.check(name);
    } catch (IllegalArgumentException e) {
      throw new ProtocolException(String.valueOf(e.getMessage()));
    }
  }
}
