package ai.cifer.node.participant;

import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.wire.MalformedControl;
import ai.cifer.node.wire.PlainText;
import ai.cifer.secagg.codec.MalformedMessage;
import ai.cifer.transport.Envelope;
import java.io.IOException;

/// What becomes of envelopes that hold no message: a coordinator that sends them cannot be worked
/// with, and a new link would bring the same again.
final class Malformed {

  private Malformed() {}

  /// What a session does with an envelope.
  @FunctionalInterface
  interface Receiver<T> {
    /// @throws MalformedMessage or another [IllegalArgumentException] if the body is not what the
    ///   kind says
    T received(Envelope envelope) throws IOException, NodeException;
  }

  /// @throws NodeException naming the kind, if the body is not what the kind says
  static <T> T refused(Envelope envelope, Receiver<T> receiver) throws IOException, NodeException {
    try {
      return receiver.received(envelope);
    } catch (MalformedMessage | MalformedControl | IllegalArgumentException malformed) {
      throw new NodeException(
          Reason.REFUSED,
          "%s of the coordinator: malformed, %s (expected: a coordinator of this version)"
              .formatted(envelope.kind(), PlainText.of(String.valueOf(malformed.getMessage()))),
          malformed);
    }
  }
}
