package ai.cifer.node.participant;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.secagg.client.Contribution;
import ai.cifer.secagg.client.UpdateProtector;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/// A client's update of the round that is open, kept until that round is over: a segment may be
/// asked for again, and a link that was lost is found again.
///
/// It outlives a link, but not the process. What was being sent when the link broke, and all whose
/// receipt did not come, is sent again with identical bytes; a further attempt is protected afresh
/// (rule R1).
final class HeldUpdate implements AutoCloseable {

  /// Sends one protected segment, its shares and its manifest.
  @FunctionalInterface
  interface Sending {
    void send(UpdateProtector protector) throws IOException;
  }

  private volatile @Nullable VerifiedRound round;
  private @Nullable ClientUpdate update;
  private @Nullable Contribution contribution;

  /// Protected and not sent in full.
  private final List<UpdateProtector> unsent = new ArrayList<>();

  /// Sent in full: the blocks are on the coordinator's disk, of shares and manifest nobody said so.
  /// Guarded by itself, since receipts come by another thread.
  private final List<UpdateProtector> sent = new ArrayList<>();

  /// Receipts for more segments than the largest model has can only come from a coordinator that
  /// would like to fill the memory; one that is lost has shares and a manifest sent once more.
  private static final int MOST_RECEIPTS = 4096;

  /// Receipts that came before what they are for was noted as sent.
  private final Queue<ControlMessage.SegmentKept> receipts =
      new ArrayBlockingQueue<>(MOST_RECEIPTS);

  /// The first segment that was not protected yet.
  private int next;

  /// Owns both from now on.
  void hold(VerifiedRound round, ClientUpdate update, Contribution contribution)
      throws LocalFailure {
    close();
    this.round = round;
    this.update = update;
    this.contribution = contribution;
    next = 0;
  }

  /// The round whose update this is, if it is the one of this context.
  @Nullable VerifiedRound round(Bytes ctx) {
    VerifiedRound held = round;
    return held != null && held.ctx().equals(ctx) ? held : null;
  }

  /// Sends what is not sent, from where a lost link left off.
  ///
  /// @throws IOException if the link is lost; what was being sent is kept
  void sendAll(Sending link) throws IOException {
    sendUnsent(link);
    VerifiedRound held = round;
    Contribution of = contribution;
    if (held == null || of == null) {
      return;
    }
    List<Segment> segments = held.segments();
    while (next < segments.size()) {
      int segment = segments.get(next).index();
      unsent.add(LocalFailure.unless(() -> of.protect(segment)));
      next++;
      sendUnsent(link);
    }
  }

  /// A segment is on the coordinator's disk; by any thread.
  void kept(ControlMessage.SegmentKept receipt) {
    synchronized (sent) {
      if (!drop(receipt)) {
        boolean _ = receipts.offer(receipt);
      }
    }
  }

  /// Over a new link: sends shares and manifests again of which nobody said that they arrived.
  void sendAgain(Sending manifests) throws IOException {
    List<UpdateProtector> unsaid;
    synchronized (sent) {
      unsaid = List.copyOf(sent);
    }
    for (UpdateProtector protector : unsaid) {
      manifests.send(protector);
    }
  }

  private void noteSent(UpdateProtector protector) {
    synchronized (sent) {
      sent.add(protector);
      for (var receipt = receipts.poll(); receipt != null; receipt = receipts.poll()) {
        drop(receipt);
      }
    }
  }

  /// @return whether what it is for was among what is kept
  private boolean drop(ControlMessage.SegmentKept receipt) {
    VerifiedRound held = round;
    return held != null
        && held.open().round() == receipt.round()
        && sent.removeIf(each ->
            each.segment().index() == receipt.segment() && each.attempt() == receipt.attempt());
  }

  /// Sends a segment again under a fresh secret, or goes on with that where a lost link left off;
  /// an attempt that was sent in full is not sent again.
  ///
  /// @throws ai.cifer.secagg.round.RoundRefused if statements are missing; nothing is sent then
  /// @throws IOException if the link is lost; what was being sent is kept
  void retry(Retry retry, Sending link) throws IOException {
    Contribution of = contribution;
    if (of == null) {
      return;
    }
    if (!of.hasBegun(retry.segment(), retry.attempt())) {
      synchronized (sent) {
        sent.removeIf(each -> each.segment().index() == retry.segment());
      }
      UpdateProtector again = LocalFailure.unless(() -> of.retry(retry));
      drop(retry.segment());
      unsent.add(again);
    }
    sendUnsent(link);
  }

  /// Of an attempt that failed nothing is sent any more.
  private void drop(int segment) throws LocalFailure {
    Iterator<UpdateProtector> each = unsent.iterator();
    while (each.hasNext()) {
      UpdateProtector protector = each.next();
      if (protector.segment().index() == segment) {
        each.remove();
        LocalFailure.unlessDone(protector::close);
      }
    }
  }

  private void sendUnsent(Sending link) throws IOException {
    while (!unsent.isEmpty()) {
      UpdateProtector first = unsent.getFirst();
      first.position(0);
      link.send(first);
      unsent.removeFirst();
      noteSent(first);
      LocalFailure.unlessDone(first::close);
    }
  }

  /// The round is over, or this client is out of it: erases what would send more.
  @Override
  public void close() throws LocalFailure {
    round = null;
    for (UpdateProtector protector : unsent) {
      LocalFailure.unlessDone(protector::close);
    }
    unsent.clear();
    synchronized (sent) {
      sent.clear();
      receipts.clear();
    }
    if (contribution != null) {
      contribution.close();
      contribution = null;
    }
    if (update != null) {
      update.close();
      update = null;
    }
  }
}
