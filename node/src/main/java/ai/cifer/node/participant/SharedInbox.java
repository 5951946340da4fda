package ai.cifer.node.participant;

import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.node.wire.MalformedControl;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.LinkHandler;
import java.util.Set;
import java.util.function.Consumer;

/// The inboxes of a client and of the helper in the same process, behind one link: a client that
/// trains for an hour must not keep others waiting for its help.
///
/// How rounds, further attempts and the run begin and end goes to both.
final class SharedInbox implements LinkHandler, AutoCloseable {

  private static final Set<String> FOR_HELPERS =
      Set.of(
          ControlMessage.kind(ControlMessage.HelloRequest.class),
          ControlMessage.kind(ControlMessage.CommitmentRequest.class),
          Kinds.BEACON_LIST,
          ControlMessage.kind(ControlMessage.StatementRequest.class),
          Kinds.SHARES,
          Kinds.COHORT,
          Kinds.REVEAL_REQUEST,
          Kinds.ENCRYPTED_SUM);

  private static final String KEPT = ControlMessage.kind(ControlMessage.SegmentKept.class);

  private final Inbox client = new Inbox();
  private final Inbox helper = new Inbox();
  private final Consumer<ControlMessage.SegmentKept> receipts;

  /// @param receipts is given a receipt when it comes, whatever the client does at the time
  SharedInbox(Consumer<ControlMessage.SegmentKept> receipts) {
    this.receipts = receipts;
  }

  Inbox client() {
    return client;
  }

  Inbox helper() {
    return helper;
  }

  @Override
  public void received(Envelope envelope) {
    if (envelope.kind().equals(KEPT)) {
      try {
        receipts.accept(ControlMessage.read(envelope, ControlMessage.SegmentKept.class));
        return;
      } catch (MalformedControl malformed) {
        // Whoever takes it says so.
      }
    }
    helper.received(envelope);
    if (!FOR_HELPERS.contains(envelope.kind())) {
      client.received(envelope);
    }
  }

  @Override
  public void closed(String reason) {
    helper.closed(reason);
    client.closed(reason);
  }

  /// Whether anything came over the link but the outline.
  boolean isUsed() {
    return client.isUsed() || helper.isUsed();
  }

  @Override
  public void close() {
    helper.close();
    client.close();
  }
}
