package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.fedlearn.round.RoundMachine;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.identity.Role;
import ai.cifer.node.store.RoundOverride;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Why a round ends without a result, and whether another one may have one.
final class RoundEnd {
  private final Coordinator coordinator;
  private final RoundSetting setting;
  private final RoundMachine machine;

  /// The failure behind the event that ends the round, if it came from outside the protocol.
  private @Nullable NodeException cause;

  /// Why a segment did not open; with more reveals it may yet.
  private @Nullable NodeException openingFailed;

  RoundEnd(Coordinator coordinator, RoundSetting setting, RoundMachine machine) {
    this.coordinator = coordinator;
    this.setting = setting;
    this.machine = machine;
  }

  void because(NodeException failure) {
    cause = failure;
  }

  void openingFailed(NodeException failure) {
    openingFailed = failure;
  }

  /// What the operator decided about the open round, if it was; what was decided about another
  /// round came too late for it.
  Optional<RoundEvent> overridden() throws IOException {
    Optional<RoundOverride> decided =
        RoundOverride.take(setting.folder()).filter(each -> each.round() == setting.round());
    decided.ifPresent(each ->
        setting
            .listener()
            .on(new RunEvent.RoundOverridden(each.round(), each.by(), each.at(), each.reason())));
    return decided.map(
        each -> new RoundEvent.RoundStopped("the operator ended it: " + each.reason()));
  }

  /// @param reason what the machine says
  RoundOutcome.Voided outcome(String reason) {
    NodeException known = cause == null ? openingFailed : cause;
    return known != null
        ? new RoundOutcome.Voided(known, known.reason() != Reason.OPENING_FAILED)
        : new RoundOutcome.Voided(new NodeException(voidReason(), reason), isHopeless());
  }

  /// What participants are told of a failure: what they had a part in. The rest may name files,
  /// data or people of this machine.
  static String publicReason(NodeException failure) {
    return switch (failure.reason()) {
      case TOO_FEW_PARTICIPANTS, KEY_HOLDER_LOST, OPENING_FAILED, ROUND_ABORTED ->
          String.valueOf(failure.getMessage());
      case DISK -> "the coordinator's disk failed";
      default -> "the coordinator cannot go on; its own output says why";
    };
  }

  /// Whether further rounds would end like this one: so many refuse, by their own files, to take
  /// part in any that those who are left are too few.
  private boolean isHopeless() {
    boolean tooFew =
        coordinator.joined(Role.CLIENT).size() < machine.plan().clients().min()
            || (setting.config().encryption().hasKeyHolder()
                && coordinator.joined(Role.KEY_HOLDER).isEmpty());
    return tooFew && coordinator.roster().hasAbstainers();
  }

  private Reason voidReason() {
    if (setting.config().encryption().hasKeyHolder()
        && coordinator.joined(Role.KEY_HOLDER).isEmpty()) {
      return Reason.KEY_HOLDER_LOST;
    }
    return coordinator.joined(Role.CLIENT).size() < machine.plan().clients().min()
        ? Reason.TOO_FEW_PARTICIPANTS
        : Reason.ROUND_ABORTED;
  }
}
