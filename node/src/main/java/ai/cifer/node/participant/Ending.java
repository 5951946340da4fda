package ai.cifer.node.participant;

import ai.cifer.node.wire.ControlMessage;
import ai.cifer.transport.Envelope;
import java.io.IOException;

/// How a run ended, as the coordinator told it.
///
/// @param completed rounds with a result
/// @param reason empty when all rounds are done
public record Ending(int completed, String reason) {

  /// Reads the coordinator's goodbye.
  static Ending of(Envelope envelope) throws IOException {
    var end = ControlMessage.read(envelope, ControlMessage.RunEnd.class);
    return new Ending(end.completed(), end.reason());
  }
}
