package ai.cifer.node.coordinator;

import ai.cifer.node.NodeException;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.message.EncryptedSum;
import ai.cifer.transport.Envelope;
import java.util.List;
import java.util.function.Consumer;

/// What a key holder is asked to open where clients encrypt under its public key: part after part
/// of the sum over the certified cohort, the next one when the one before is opened, so that memory
/// is one part.
final class SumRequests {
  private final Coordinator coordinator;
  private final Liveness liveness;
  private final RoundWork work;
  private final OpenRound open;
  private final Consumer<NodeException> failed;

  /// @param failed ends the round
  SumRequests(
      Coordinator coordinator,
      Liveness liveness,
      RoundWork work,
      OpenRound open,
      Consumer<NodeException> failed) {
    this.coordinator = coordinator;
    this.liveness = liveness;
    this.work = work;
    this.open = open;
    this.failed = failed;
  }

  /// Asks for the next part; asking again gives the same bytes.
  void ask(int segment, String keyHolder) {
    liveness.asked(keyHolder);
    work.start(
        () -> open.nextSum(segment),
        sum -> sum.ifPresent(message -> send(keyHolder, message)),
        failed);
  }

  private void send(String keyHolder, EncryptedSum message) {
    liveness.asked(keyHolder);
    coordinator.broadcast(
        new Envelope(Kinds.ENCRYPTED_SUM, "", message.encode()), List.of(keyHolder));
  }
}
