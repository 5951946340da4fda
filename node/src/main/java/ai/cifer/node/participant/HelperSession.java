package ai.cifer.node.participant;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.helper.RequestRefused;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.Message;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.message.Shares;
import ai.cifer.secagg.round.RoundRefused;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.Link;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A helper over one link: answers what its role allows, until the run or the link ends.
final class HelperSession {

  private static final System.Logger LOG = System.getLogger(HelperSession.class.getName());

  private final Link link;
  private final Inbox inbox;
  private final HelperRole role;
  private final String name;
  private final RunListener listener;

  /// The round that is open; kept by whoever made this session, since it outlives a lost link.
  private @Nullable VerifiedRound round;

  HelperSession(
      Link link,
      Inbox inbox,
      HelperRole role,
      String name,
      Optional<VerifiedRound> round,
      RunListener listener) {
    this.link = link;
    this.inbox = inbox;
    this.role = role;
    this.name = name;
    this.round = round.orElse(null);
    this.listener = listener;
  }

  /// The round whose keys this process still holds.
  Optional<VerifiedRound> round() {
    return Optional.ofNullable(round);
  }

  /// @return how the run ended; empty if the link was lost before
  Optional<Ending> serve() throws InterruptedException {
    try {
      VerifiedRound held = round;
      link.send(new ControlMessage.Join(0, held == null ? 0 : held.open().round()).envelope());
      while (true) {
        switch (inbox.take()) {
          case Inbox.Item.Closed(String reason) -> {
            listener.on(new RunEvent.Left("coordinator", "coordinator", reason));
            return Optional.empty();
          }
          case Inbox.Item.Arrived(Envelope envelope) -> {
            if (envelope.kind().equals(ControlMessage.kind(ControlMessage.RunEnd.class))) {
              return Optional.of(Ending.of(envelope));
            }
            answer(envelope);
          }
        }
      }
    } catch (IOException lost) {
      listener.on(
          new RunEvent.Left("coordinator", "coordinator", String.valueOf(lost.getMessage())));
      return inbox.lastWords();
    }
  }

  private void answer(Envelope envelope) throws IOException {
    try {
      received(envelope);
    } catch (RoundRefused | RequestRefused refused) {
      LOG.log(
          System.Logger.Level.WARNING, "refused {0}: {1}", envelope.kind(), refused.getMessage());
      VerifiedRound held = round;
      int number =
          refused instanceof RoundRefused
              ? RoundOpen.decode(envelope.body()).round()
              : held == null ? 0 : held.open().round();
      String reason = String.valueOf(refused.getMessage());
      listener.on(new RunEvent.Advanced(number, new RoundEvent.HelperLost(name, reason)));
      link.send(new ControlMessage.Withdraw(number, reason).envelope());
    }
  }

  private void received(Envelope envelope) throws IOException {
    switch (envelope.kind()) {
      case Kinds.ROUND_OPEN -> open(RoundOpen.decode(envelope.body()));
      case Kinds.SHARES -> {
        Optional<ShareStatus> status = role.hold(Shares.decode(envelope.body()));
        if (status.isPresent()) {
          send(Kinds.SHARE_STATUS, status.get());
        }
      }
      case Kinds.COHORT -> {
        Cohort cohort = Cohort.decode(envelope.body());
        send(Kinds.COHORT_SIGNATURE, role.certify(cohort));
      }
      case Kinds.REVEAL_REQUEST -> {
        RevealRequest request = RevealRequest.decode(envelope.body());
        send(Kinds.REVEAL, role.reveal(request));
        VerifiedRound held = round;
        if (held != null) {
          listener.on(
              new RunEvent.Advanced(
                  held.open().round(), new RoundEvent.SumRevealed(name, request.segment())));
        }
      }
      case Kinds.ROUND_RESULT -> {
        forget(RoundResult.decode(envelope.body()).ctx());
      }
      default -> control(envelope);
    }
  }

  private void control(Envelope envelope) throws IOException {
    if (envelope.kind().equals(ControlMessage.kind(ControlMessage.HelloRequest.class))) {
      var request = ControlMessage.read(envelope, ControlMessage.HelloRequest.class);
      send(Kinds.HELPER_HELLO, role.hello(request.run(), request.round()));
    } else if (envelope.kind().equals(ControlMessage.kind(ControlMessage.RoundVoid.class))) {
      var message = ControlMessage.read(envelope, ControlMessage.RoundVoid.class);
      VerifiedRound held = round;
      if (held != null) {
        forget(held.ctx());
      }
      listener.on(new RunEvent.RoundVoided(message.round(), message.reason()));
    }
  }

  private void open(RoundOpen message) throws IOException {
    VerifiedRound accepted = role.accept(message);
    round = accepted;
    listener.on(new RunEvent.RoundOpened(message.round(), accepted.open().clients()));
  }

  private void forget(Bytes ctx) {
    role.forget(ctx);
    round = null;
  }

  private void send(String kind, Message message) throws IOException {
    link.send(new Envelope(kind, "", message.encode()));
  }
}
