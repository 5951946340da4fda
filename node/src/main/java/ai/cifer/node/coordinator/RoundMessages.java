package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.node.identity.Role;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.NotRevealed;
import ai.cifer.secagg.message.OpenedSum;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.round.RoundRefused;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What a participant's message means to the round: each is checked, taken in by the open round,
/// and becomes at most one event of the phase machine.
final class RoundMessages {

  private final RoundSetting setting;
  private final RoundReports reports;
  private final Drawing drawing;
  private final Map<String, HelperHello> hellos = new ConcurrentHashMap<>();
  private volatile @Nullable OpenRound open;
  private final RoundJournal journal;
  private volatile @Nullable SumRequests sums;

  RoundMessages(RoundSetting setting, RoundReports reports, Drawing drawing, RoundJournal journal) {
    this.drawing = drawing;
    this.journal = journal;
    this.setting = setting;
    this.reports = reports;
  }

  void open(OpenRound opened, SumRequests requests) {
    sums = requests;
    open = opened;
  }

  /// @throws LinkRefused if the round is not open yet
  OpenRound opened() throws LinkRefused {
    OpenRound opened = open;
    if (opened == null) {
      throw LinkRefused.declined("round %d is not open".formatted(setting.round()));
    }
    return opened;
  }

  Map<String, HelperHello> hellos() {
    return Map.copyOf(hellos);
  }

  void forgetHello(String helper) {
    hellos.remove(helper);
  }

  /// @throws IOException if the message does not belong here; its sender's session ends with that
  Optional<RoundEvent> read(Seat seat, Envelope envelope) throws IOException {
    byte[] body = envelope.body();
    OpenRound round = open;
    if (envelope.kind().equals(Kinds.HELPER_HELLO)) {
      return hello(seat, HelperHello.decode(body));
    }
    if (Kinds.OF_DRAW.contains(envelope.kind())) {
      return round == null ? drawing.read(seat, envelope) : Optional.empty();
    }
    if (round == null || !Kinds.OF_OPEN_ROUND.contains(envelope.kind())) {
      return control(seat, envelope);
    }
    return envelope.kind().equals(Kinds.OPENED_SUM)
        ? openedSum(seat, round, envelope)
        : read(round, seat.name(), envelope);
  }

  /// Reads a message of the protocol, also one that a process before this one received.
  Optional<RoundEvent> read(OpenRound round, String sender, Envelope envelope) throws IOException {
    byte[] body = envelope.body();
    return switch (envelope.kind()) {
      case Kinds.SEALED_SHARE -> {
        round.share(sender, SealedShare.decode(body));
        yield Optional.empty();
      }
      case Kinds.MANIFEST -> {
        Manifest manifest = Manifest.decode(body);
        yield when(
            round.manifest(sender, manifest),
            new RoundEvent.SegmentStored(sender, manifest.segment(), manifest.attempt()));
      }
      case Kinds.SHARE_STATUS -> {
        ShareStatus status = ShareStatus.decode(body);
        yield round
            .shareStatus(sender, status)
            .map(complaints ->
                new RoundEvent.SharesChecked(
                    sender, status.segment(), status.attempt(), complaints));
      }
      case Kinds.COHORT_SIGNATURE -> {
        CohortSignature signature = CohortSignature.decode(body);
        yield when(
            round.signature(sender, signature),
            new RoundEvent.CohortSigned(sender, signature.segment(), signature.attempt()));
      }
      case Kinds.REVEAL -> {
        Reveal reveal = Reveal.decode(body);
        yield when(
            round.reveal(sender, reveal),
            new RoundEvent.SumRevealed(sender, reveal.segment(), reveal.attempt()));
      }
      case Kinds.NOT_REVEALED -> {
        NotRevealed statement = NotRevealed.decode(body);
        yield when(
            round.statement(sender, statement),
            new RoundEvent.AttemptRenounced(sender, statement.segment(), statement.attempt()));
      }
      case Kinds.OPENED_SUM -> {
        OpenedSum answer = OpenedSum.decode(body);
        yield when(
            round.openedSum(sender, answer) == OpenRound.Opened.ALL,
            new RoundEvent.SumRevealed(sender, answer.segment(), answer.attempt()));
      }
      default -> throw new IllegalStateException(envelope.kind());
    };
  }

  /// A part of a sum is no event, but asks for the next part.
  private Optional<RoundEvent> openedSum(Seat seat, OpenRound round, Envelope envelope)
      throws IOException {
    OpenedSum answer = OpenedSum.decode(envelope.body());
    return switch (round.openedSum(seat.name(), answer)) {
      case NOTHING -> Optional.empty();
      case PART -> {
        seat.alive();
        journal.add(new RoundJournal.Taken(seat.name(), Optional.of(envelope), Optional.empty()));
        SumRequests requests = sums;
        if (requests != null) {
          requests.ask(answer.segment(), seat.name());
        }
        yield Optional.empty();
      }
      case ALL ->
          Optional.of(new RoundEvent.SumRevealed(seat.name(), answer.segment(), answer.attempt()));
    };
  }

  private static Optional<RoundEvent> when(boolean counts, RoundEvent event) {
    return counts ? Optional.of(event) : Optional.empty();
  }

  private Optional<RoundEvent> hello(Seat seat, HelperHello hello) throws IOException {
    if (open != null || hello.round() != setting.round()) {
      return Optional.empty();
    }
    Role helping = setting.config().encryption().hasKeyHolder() ? Role.KEY_HOLDER : Role.CLIENT;
    if (seat.participant.role() != helping
        || !hello.helper().equals(seat.name())
        || !hello.run().equals(setting.folder().run())
        || !hello.federation().equals(setting.federation())
        || !hello.isSignedBy(seat.participant::verify)) {
      throw new IOException(
          "hello of %s does not hold (expected: its own, signed, for this round)"
              .formatted(seat.name()));
    }
    requireUsable(hello);
    hellos.put(seat.name(), hello);
    return Optional.of(new RoundEvent.HelperReady(seat.name()));
  }

  /// In the message that opens the round a bad key would cost everybody the round.
  private void requireUsable(HelperHello hello) throws IOException {
    try {
      VerifiedRound.requireUsable(
          hello, setting.config().encryption(), setting.config().profile().parameters());
    } catch (RoundRefused refused) {
      throw new IOException(refused.getMessage(), refused);
    }
  }

  private static void abstain(Seat seat, boolean forGood) {
    if (forGood) {
      seat.abstain();
    }
  }

  private Optional<RoundEvent> control(Seat seat, Envelope envelope) throws IOException {
    if (envelope.kind().equals(ControlMessage.kind(ControlMessage.Progress.class))) {
      var progress = ControlMessage.read(envelope, ControlMessage.Progress.class);
      seat.progressed(progress.step(), progress.done());
      setting
          .listener()
          .on(
              new RunEvent.Progress(
                  setting.round(),
                  seat.name(),
                  progress.step(),
                  progress.done(),
                  progress.total()));
      return Optional.empty();
    }
    if (envelope.kind().equals(ControlMessage.kind(ControlMessage.Withdraw.class))) {
      var withdraw = ControlMessage.read(envelope, ControlMessage.Withdraw.class);
      abstain(seat, withdraw.forGood());
      return when(
          withdraw.round() == setting.round(),
          new RoundEvent.ClientWithdrew(seat.name(), withdraw.reason()));
    }
    if (envelope.kind().equals(ControlMessage.kind(ControlMessage.StopHelping.class))) {
      var stop = ControlMessage.read(envelope, ControlMessage.StopHelping.class);
      abstain(seat, stop.forGood());
      return when(
          stop.round() == setting.round(), new RoundEvent.HelperLost(seat.name(), stop.reason()));
    }
    if (envelope.kind().equals(ControlMessage.kind(ControlMessage.DeclineSegment.class))) {
      var decline = ControlMessage.read(envelope, ControlMessage.DeclineSegment.class);
      return when(
          decline.round() == setting.round(),
          new RoundEvent.HelperDeclined(
              seat.name(), decline.segment(), decline.attempt(), decline.reason()));
    }
    if (envelope.kind().equals(ControlMessage.kind(ControlMessage.DeclineStatement.class))) {
      var decline = ControlMessage.read(envelope, ControlMessage.DeclineStatement.class);
      return when(
          decline.round() == setting.round(),
          new RoundEvent.StatementDeclined(
              seat.name(), decline.segment(), decline.attempt(), decline.reason()));
    }
    if (envelope.kind().equals(ControlMessage.kind(ControlMessage.Report.class))) {
      var report = ControlMessage.read(envelope, ControlMessage.Report.class);
      if (report.round() == setting.round()) {
        reports.client(report);
      }
      return Optional.empty();
    }
    if (!Kinds.OF_OPEN_ROUND.contains(envelope.kind())) {
      throw new IOException("kind: %s (expected: one of the protocol)".formatted(envelope.kind()));
    }
    // A message of a round that is over crossed with the news of that.
    return Optional.empty();
  }
}
