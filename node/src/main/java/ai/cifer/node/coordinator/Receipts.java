package ai.cifer.node.coordinator;

import ai.cifer.node.wire.ControlMessage;
import ai.cifer.transport.Envelope;
import java.util.ArrayList;
import java.util.List;

/// Tells clients which of their segments are on this disk, so that they need not be able to send
/// them again. One write to the disk serves for all that came meanwhile.
final class Receipts {
  /// So many may wait for one write.
  private static final int MOST = 8;

  private record Receipt(String client, Envelope message) {}

  private final Coordinator coordinator;
  private final RoundJournal journal;
  private final List<Receipt> owed = new ArrayList<>();

  Receipts(Coordinator coordinator, RoundJournal journal) {
    this.coordinator = coordinator;
    this.journal = journal;
  }

  void owe(String client, int round, int segment, int attempt) {
    owed.add(
        new Receipt(client, new ControlMessage.SegmentKept(round, segment, attempt).envelope()));
  }

  /// Gives what is owed, if nothing else is to be done or much is owed.
  void give() {
    if (owed.isEmpty() || (owed.size() < MOST && !coordinator.isIdle())) {
      return;
    }
    journal.keep();
    owed.forEach(each -> coordinator.broadcast(each.message, List.of(each.client)));
    owed.clear();
  }
}
