package ai.cifer.fedlearn.round;

import ai.cifer.fedlearn.round.RoundEvent.BeaconCommitted;
import ai.cifer.fedlearn.round.RoundEvent.BeaconOpened;
import ai.cifer.fedlearn.round.RoundEvent.ClientReady;
import ai.cifer.fedlearn.round.RoundEvent.ClientWithdrew;
import ai.cifer.fedlearn.round.RoundEvent.GatheringEnded;
import ai.cifer.fedlearn.round.RoundEvent.HelperLost;
import ai.cifer.fedlearn.round.RoundEvent.HelperReady;
import ai.cifer.fedlearn.round.RoundEvent.HelpersDrawn;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// How a round comes about, as part of a [RoundMachine]: clients and helpers come together, and if
/// more came than may help they draw the helpers from among themselves.
final class Assembly {

  private final RoundPlan plan;
  private final SortedSet<String> clients;
  private final SortedSet<String> helpers;
  private final int firstDraw;
  private Phase phase = Phase.GATHERING;
  private boolean patienceOver;
  private @Nullable HelperDraw draw;
  private Optional<String> failure = Optional.empty();

  /// @param clients filled by this
  /// @param helpers filled by this
  /// @param firstDraw the number of the first draw, from 1
  Assembly(RoundPlan plan, SortedSet<String> clients, SortedSet<String> helpers, int firstDraw) {
    this.plan = plan;
    this.clients = clients;
    this.helpers = helpers;
    this.firstDraw = firstDraw;
  }

  /// [Phase#GATHERING], [Phase#DRAWING], [Phase#COLLECTING] when the round may open, or
  /// [Phase#VOID].
  Phase phase() {
    return phase;
  }

  /// Whether the round is not open yet.
  boolean isRunning() {
    return phase == Phase.GATHERING || phase == Phase.DRAWING;
  }

  /// Why no round comes about, if none does.
  Optional<String> failure() {
    return failure;
  }

  boolean changes(RoundEvent event) {
    boolean gathering = phase == Phase.GATHERING;
    HelperDraw begun = draw;
    return switch (event) {
      case ClientReady(String client) ->
          gathering && !clients.contains(client) && clients.size() < plan.clients().max();
      case HelperReady(String helper) ->
          gathering && !helpers.contains(helper) && helpers.size() < plan.helpers().max();
      case GatheringEnded() -> gathering && !patienceOver;
      case ClientWithdrew(String client, String _) -> clients.contains(client);
      case HelperLost(String helper, String _) -> helpers.contains(helper);
      case BeaconCommitted(String member, int number) ->
          begun != null && begun.awaitsCommitment(member, number);
      case BeaconOpened(String member, int number) ->
          begun != null && begun.awaitsOpening(member, number);
      case HelpersDrawn(SortedSet<String> drawn, int number) ->
          begun != null
              && begun.isOpened()
              && begun.number() == number
              && drawn.size() == plan.sample()
              && helpers.containsAll(drawn);
      default -> false;
    };
  }

  /// Takes in an event that [#changes] something.
  void accept(RoundEvent event, List<RoundCommand> commands) {
    switch (event) {
      case ClientReady(String client) -> {
        clients.add(client);
        endIfGathered(commands);
      }
      case HelperReady(String helper) -> {
        helpers.add(helper);
        endIfGathered(commands);
      }
      case GatheringEnded() -> {
        patienceOver = true;
        endIfGathered(commands);
      }
      case ClientWithdrew(String client, String reason) -> leave(client, reason, commands);
      case HelperLost(String helper, String reason) -> leave(helper, reason, commands);
      case BeaconCommitted(String member, int _) -> {
        requireDraw().committed(member);
        advanceDraw(commands);
      }
      case BeaconOpened(String member, int _) -> {
        requireDraw().opened(member);
        advanceDraw(commands);
      }
      case HelpersDrawn(SortedSet<String> drawn, int _) -> {
        helpers.retainAll(drawn);
        phase = Phase.COLLECTING;
      }
      default -> throw new IllegalStateException("changes nothing: " + event);
    }
  }

  private void endIfGathered(List<RoundCommand> commands) {
    boolean all = clients.size() == plan.clients().max() && helpers.size() == plan.helpers().max();
    boolean enough =
        clients.size() >= plan.clients().min() && helpers.size() >= plan.helpers().min();
    if (!all && !(patienceOver && enough)) {
      return;
    }
    if (helpers.size() <= plan.sample()) {
      phase = Phase.COLLECTING;
      return;
    }
    if (firstDraw > RoundPlan.MAX_DRAWS) {
      fail(
          "draws of helpers: %d before this one (expected: < %d)"
              .formatted(firstDraw - 1, RoundPlan.MAX_DRAWS));
      return;
    }
    phase = Phase.DRAWING;
    HelperDraw begun = new HelperDraw(helpers, firstDraw);
    draw = begun;
    commands.add(new RoundCommand.AskCommitments(begun.number(), begun.members()));
  }

  private HelperDraw requireDraw() {
    HelperDraw begun = draw;
    if (begun == null) {
      throw new IllegalStateException("helpers are drawn in phase DRAWING only");
    }
    return begun;
  }

  private void advanceDraw(List<RoundCommand> commands) {
    HelperDraw begun = requireDraw();
    if (begun.show()) {
      commands.add(new RoundCommand.AskOpenings(begun.number(), begun.members()));
    } else if (begun.isOpened()) {
      commands.add(new RoundCommand.CloseDraw(begun.number()));
    }
  }

  /// Where clients help one another nobody is in a round as only one of both, so whoever leaves as
  /// one leaves as the other too.
  private void leave(String member, String reason, List<RoundCommand> commands) {
    clients.remove(member);
    helpers.remove(member);
    if (phase != Phase.DRAWING) {
      return;
    }
    HelperDraw begun = requireDraw();
    int number = begun.number();
    begun.leave(member);
    if (clients.size() < plan.clients().min() || helpers.size() < plan.helpers().min()) {
      fail(
          "clients while helpers are drawn: %d (expected: >= %d); %s: %s"
              .formatted(clients.size(), plan.clients().min(), member, reason));
    } else if (helpers.size() <= plan.sample()) {
      phase = Phase.COLLECTING;
    } else if (begun.number() > RoundPlan.MAX_DRAWS) {
      fail(
          "draws of helpers: %d, in each of which somebody left (expected: one that all open); %s: %s"
              .formatted(number, member, reason));
    } else if (begun.number() > number) {
      commands.add(new RoundCommand.AskCommitments(begun.number(), begun.members()));
    } else {
      advanceDraw(commands);
    }
  }

  private void fail(String reason) {
    phase = Phase.VOID;
    failure = Optional.of(reason);
  }

  /// Who owes a commitment or an opening.
  SortedSet<String> awaited() {
    HelperDraw begun = draw;
    return begun == null || phase != Phase.DRAWING ? Collections.emptySortedSet() : begun.awaited();
  }
}
