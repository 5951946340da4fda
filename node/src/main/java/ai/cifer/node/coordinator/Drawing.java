package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.round.RoundCommand;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.coordinator.OpenDraw;
import ai.cifer.secagg.message.BeaconCommitment;
import ai.cifer.secagg.message.BeaconOpening;
import ai.cifer.secagg.message.Draw;
import ai.cifer.transport.Envelope;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// How more clients than may help draw the helpers of a round: all commit to random bytes, see all
/// commitments, and open theirs.
final class Drawing {

  private final RoundSetting setting;
  private final Coordinator coordinator;
  private final Liveness liveness;
  private @Nullable OpenDraw draw;
  private Optional<Draw> drawn = Optional.empty();

  Drawing(RoundSetting setting, Coordinator coordinator, Liveness liveness) {
    this.setting = setting;
    this.coordinator = coordinator;
    this.liveness = liveness;
  }

  /// Begins a draw.
  void ask(RoundCommand.AskCommitments command) {
    draw =
        new OpenDraw(setting.federation(), setting.folder().run(), setting.round(), command.draw());
    send(
        command.members(),
        new ControlMessage.CommitmentRequest(
                setting.folder().run(), setting.round(), command.draw())
            .envelope());
  }

  /// Shows the commitments.
  void ask(RoundCommand.AskOpenings command) {
    byte[] list = requireDraw().list(command.members()).encode();
    send(command.members(), new Envelope(Kinds.BEACON_LIST, "", list));
  }

  private void send(SortedSet<String> members, Envelope envelope) {
    members.forEach(liveness::asked);
    coordinator.broadcast(envelope, members);
  }

  /// Works out whom the openings draw.
  RoundEvent helpers(int number) {
    Draw complete = requireDraw().draw();
    drawn = Optional.of(complete);
    return new RoundEvent.HelpersDrawn(
        new TreeSet<>(
            complete.sample(setting.federation(), setting.folder().run(), setting.round())),
        number);
  }

  /// How the helpers of the round were drawn, if they were.
  Optional<Draw> drawn() {
    return drawn;
  }

  private OpenDraw requireDraw() {
    OpenDraw running = draw;
    if (running == null) {
      throw new IllegalStateException("commitments are asked for before they are shown");
    }
    return running;
  }

  /// Takes in a commitment or an opening.
  ///
  /// @throws IOException if it is not its sender's own
  Optional<RoundEvent> read(Seat seat, Envelope envelope) throws IOException {
    OpenDraw running = draw;
    if (running == null) {
      return Optional.empty();
    }
    if (envelope.kind().equals(Kinds.BEACON_COMMITMENT)) {
      BeaconCommitment commitment = BeaconCommitment.decode(envelope.body());
      seat.requireAuthor(commitment.member());
      return running.add(commitment, seat.participant::verify)
          ? Optional.of(new RoundEvent.BeaconCommitted(seat.name(), running.number()))
          : Optional.empty();
    }
    BeaconOpening opening = BeaconOpening.decode(envelope.body());
    seat.requireAuthor(opening.member());
    return running.add(opening)
        ? Optional.of(new RoundEvent.BeaconOpened(seat.name(), running.number()))
        : Optional.empty();
  }
}
