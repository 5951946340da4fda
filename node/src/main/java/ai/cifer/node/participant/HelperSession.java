package ai.cifer.node.participant;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.node.NodeException;
import ai.cifer.node.identity.Role;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.helper.RequestRefused;
import ai.cifer.secagg.message.BeaconList;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.EncryptedSum;
import ai.cifer.secagg.message.Message;
import ai.cifer.secagg.message.Retry;
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
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A helper over one link: answers what its role allows, until the run or the link ends. A key
/// holder is nothing else; a client that helps others has a [ClientSession] beside it.
final class HelperSession {

  private static final System.Logger LOG = System.getLogger(HelperSession.class.getName());

  private final Link link;
  private final Inbox inbox;
  private final HelperRole role;
  private final boolean isClient;
  private final String name;
  private final Path state;
  private final RunListener listener;

  /// The round that is open; kept by whoever made this session, since it outlives a lost link.
  private @Nullable VerifiedRound round;

  /// @param isClient whether the same participant is a client too
  HelperSession(
      Link link,
      Inbox inbox,
      HelperRole role,
      boolean isClient,
      String name,
      Path state,
      Optional<VerifiedRound> round,
      RunListener listener) {
    this.link = link;
    this.inbox = inbox;
    this.role = role;
    this.isClient = isClient;
    this.name = name;
    this.state = state;
    this.round = round.orElse(null);
    this.listener = listener;
  }

  /// The round whose keys this process still holds.
  Optional<VerifiedRound> round() {
    return Optional.ofNullable(round);
  }

  /// @return how the run ended; empty if the link was lost before
  Optional<Ending> serve() throws NodeException, InterruptedException {
    return attend(Role.KEY_HOLDER, Optional.of(new ControlMessage.Join(0, role.keyedRound())));
  }

  /// Like [#serve], for a client that has joined already.
  Optional<Ending> attend() throws NodeException, InterruptedException {
    return attend(Role.CLIENT, Optional.empty());
  }

  private Optional<Ending> attend(Role as, Optional<ControlMessage.Join> join)
      throws NodeException, InterruptedException {
    return new Conversation(name, as, state, listener).over(link, inbox, join, this::answer);
  }

  private Optional<Ending> answer(Envelope envelope) throws IOException {
    if (envelope.kind().equals(ControlMessage.kind(ControlMessage.RunEnd.class))) {
      return Optional.of(Ending.of(envelope));
    }
    switch (envelope.kind()) {
      case Kinds.BEACON_LIST -> {
        BeaconList list = BeaconList.decode(envelope.body());
        answer(list.round(), () -> open(list));
      }
      case Kinds.SHARES -> {
        Shares shares = Shares.decode(envelope.body());
        answer(shares.ctx(), shares.segment(), shares.attempt(), () -> hold(shares));
      }
      case Kinds.COHORT -> {
        Cohort cohort = Cohort.decode(envelope.body());
        answer(
            cohort.ctx(),
            cohort.segment(),
            cohort.attempt(),
            () -> send(Kinds.COHORT_SIGNATURE, LocalFailure.unless(() -> role.certify(cohort))));
      }
      case Kinds.REVEAL_REQUEST -> {
        RevealRequest request = RevealRequest.decode(envelope.body());
        answer(request.ctx(), request.segment(), request.attempt(), () -> reveal(request));
      }
      case Kinds.ENCRYPTED_SUM -> {
        EncryptedSum sum = EncryptedSum.decode(envelope.body());
        answer(sum.ctx(), sum.segment(), sum.attempt(), () -> openSum(sum));
      }
      case Kinds.RETRY -> {
        Retry retry = Retry.decode(envelope.body());
        answer(retry.ctx(), retry.segment(), retry.attempt(), () -> role.retry(retry));
      }
      case Kinds.ROUND_OPEN -> {
        RoundOpen message = RoundOpen.decode(envelope.body());
        answer(message.round(), () -> open(message));
      }
      case Kinds.ROUND_RESULT -> result(RoundResult.decode(envelope.body()));
      default -> control(envelope);
    }
    return Optional.empty();
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  /// @param number the round that this helper takes no part in if the step is refused
  private void answer(int number, Step step) throws IOException {
    try {
      step.run();
    } catch (RoundRefused refused) {
      stop(number, refused, refused.reason().isForGood());
    } catch (RequestRefused refused) {
      stop(number, refused, false);
    }
  }

  private void stop(int number, RuntimeException refused, boolean forGood) throws IOException {
    String reason = told(refused);
    listener.on(new RunEvent.Advanced(number, new RoundEvent.HelperLost(name, reason)));
    link.send(new ControlMessage.StopHelping(number, reason, forGood).envelope());
  }

  /// A refusal is about one attempt at one segment: of others this helper may hold what is needed.
  private void answer(Bytes ctx, int segment, int attempt, Step step) throws IOException {
    VerifiedRound held = round;
    try {
      step.run();
    } catch (RequestRefused | RoundRefused refused) {
      String reason = told(refused);
      // What belongs to another round crossed with the news of its end.
      if (held != null && held.ctx().equals(ctx)) {
        int number = held.open().round();
        listener.on(
            new RunEvent.Advanced(
                number, new RoundEvent.HelperDeclined(name, segment, attempt, reason)));
        link.send(new ControlMessage.DeclineSegment(number, segment, attempt, reason).envelope());
      }
    }
  }

  private static String told(RuntimeException refused) {
    LOG.log(System.Logger.Level.WARNING, "refused: {0}", refused.getMessage());
    return String.valueOf(refused.getMessage());
  }

  /// Each draw that this participant took part in is in its log: a coordinator that has draw after
  /// draw made, until it likes the helpers, leaves a trace here.
  private void open(BeaconList list) throws IOException {
    send(Kinds.BEACON_OPENING, LocalFailure.unless(() -> role.beacon().open(list)));
    listener.on(
        new RunEvent.Advanced(list.round(), new RoundEvent.BeaconOpened(name, list.number())));
  }

  private void hold(Shares shares) throws IOException {
    Optional<ShareStatus> status = role.hold(shares);
    if (status.isPresent()) {
      send(Kinds.SHARE_STATUS, status.get());
    }
  }

  private void openSum(EncryptedSum sum) throws IOException {
    send(Kinds.OPENED_SUM, LocalFailure.unless(() -> role.open(sum)));
    if (sum.firstBlock() == 0) {
      tellRevealed(sum.segment(), sum.attempt());
    }
  }

  private void reveal(RevealRequest request) throws IOException {
    send(Kinds.REVEAL, LocalFailure.unless(() -> role.reveal(request)));
    tellRevealed(request.segment(), request.attempt());
  }

  private void tellRevealed(int segment, int attempt) {
    VerifiedRound held = round;
    if (held != null) {
      listener.on(
          new RunEvent.Advanced(
              held.open().round(), new RoundEvent.SumRevealed(name, segment, attempt)));
    }
  }

  /// Anybody could end a round with a forged result: it is forgotten only after the check.
  private void result(RoundResult result) throws IOException {
    try {
      LocalFailure.unlessDone(() -> role.complete(result));
    } catch (RoundRefused refused) {
      LOG.log(System.Logger.Level.WARNING, "result refused: {0}", refused.getMessage());
      return;
    }
    VerifiedRound held = round;
    if (held != null && held.ctx().equals(result.ctx())) {
      round = null;
    }
  }

  private void control(Envelope envelope) throws IOException {
    if (envelope.kind().equals(ControlMessage.kind(ControlMessage.HelloRequest.class))) {
      var request = ControlMessage.read(envelope, ControlMessage.HelloRequest.class);
      answer(
          request.round(),
          () -> send(Kinds.HELPER_HELLO, role.hello(request.run(), request.round())));
    } else if (envelope
        .kind()
        .equals(ControlMessage.kind(ControlMessage.CommitmentRequest.class))) {
      var request = ControlMessage.read(envelope, ControlMessage.CommitmentRequest.class);
      answer(
          request.round(),
          () ->
              send(
                  Kinds.BEACON_COMMITMENT,
                  role.beacon().commit(request.run(), request.round(), request.draw())));
    } else if (envelope.kind().equals(ControlMessage.kind(ControlMessage.StatementRequest.class))) {
      state(ControlMessage.read(envelope, ControlMessage.StatementRequest.class));
    } else if (envelope.kind().equals(ControlMessage.kind(ControlMessage.RoundVoid.class))) {
      var message = ControlMessage.read(envelope, ControlMessage.RoundVoid.class);
      VerifiedRound held = round;
      if (held != null) {
        role.forget(held.ctx());
        round = null;
      }
      listener.on(new RunEvent.RoundVoided(message.round(), message.reason()));
    }
  }

  /// States that nothing of an attempt was revealed, unless it was.
  private void state(ControlMessage.StatementRequest request) throws IOException {
    VerifiedRound held = round;
    if (held == null || held.open().round() != request.round()) {
      return;
    }
    try {
      send(
          Kinds.NOT_REVEALED,
          LocalFailure.unless(
              () -> role.renounce(held.ctx(), request.segment(), request.attempt())));
    } catch (RequestRefused refused) {
      link.send(
          new ControlMessage.DeclineStatement(
                  request.round(), request.segment(), request.attempt(), told(refused))
              .envelope());
    }
  }

  private void open(RoundOpen message) throws IOException {
    if (isClient && message.helpers().stream().noneMatch(each -> each.helper().equals(name))) {
      // A round in which it is a client only; whether it should be is for that one's policy.
      role.release(message.run(), message.round());
      round = null;
      return;
    }
    VerifiedRound accepted = LocalFailure.unless(() -> role.accept(message));
    round = accepted;
    listener.on(new RunEvent.RoundOpened(message.round(), accepted.open().clients()));
  }

  private void send(String kind, Message message) throws IOException {
    link.send(new Envelope(kind, "", message.encode()));
  }
}
