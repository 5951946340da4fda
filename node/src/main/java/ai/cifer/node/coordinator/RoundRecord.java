package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.round.Bounds;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.fedlearn.round.RoundMachine;
import ai.cifer.fedlearn.round.RoundPlan;
import ai.cifer.fedlearn.round.SegmentPhase;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.RoundOpen;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// How far a round is by its journal, before anything is done about it.
final class RoundRecord {
  private final RoundSetting setting;
  private int draws;
  private boolean hasMean;
  private @Nullable RoundOpen open;

  /// Where the round stood in the end: tells which messages are needed no more.
  private @Nullable RoundMachine end;

  private RoundRecord(RoundSetting setting) {
    this.setting = setting;
  }

  static RoundRecord read(RoundJournal journal, RoundSetting setting) throws IOException {
    RoundRecord record = new RoundRecord(setting);
    journal.read(record::take);
    return record;
  }

  private void take(RoundJournal.Entry entry) {
    switch (entry) {
      case RoundJournal.DrawBegun(int number) -> draws = number;
      case RoundJournal.Opened opened -> {
        RoundOpen message = RoundOpen.decode(opened.message().toByteArray());
        open = message;
        end = machine(message);
      }
      case RoundJournal.Certified _ -> {}
      case RoundJournal.Taken taken -> taken.event().ifPresent(this::take);
      case RoundJournal.SumOpened opened -> {
        hasMean = true;
        take(opened.event());
      }
    }
  }

  private void take(RoundEvent event) {
    RoundMachine machine = end;
    if (machine != null) {
      machine.accept(event);
    }
  }

  /// How many draws of helpers were begun.
  int draws() {
    return draws;
  }

  /// The message that opened the round, if it was opened.
  Optional<RoundOpen> open() {
    return Optional.ofNullable(open);
  }

  /// Who is in the round, if it is open.
  SortedSet<String> members() {
    SortedSet<String> members = new TreeSet<>();
    open()
        .ifPresent(message -> {
          members.addAll(message.clients());
          message.helpers().forEach(helper -> members.add(helper.helper()));
        });
    return members;
  }

  /// Whether the mean of a segment is on the disk.
  boolean hasMean() {
    return hasMean;
  }

  /// A machine of the round, just opened; empty if the round was not.
  Optional<RoundMachine> machine() {
    return open().map(this::machine);
  }

  private RoundMachine machine(RoundOpen message) {
    int clients = message.clients().size();
    int helpers = message.helpers().size();
    RoundPlan plan =
        new RoundPlan(
            setting.round(),
            new Bounds(Math.min(message.minClients(), clients), clients),
            new Bounds(Math.min(1, helpers), helpers),
            setting.config().trust().quorum(),
            Integer.MAX_VALUE,
            message.segments().size(),
            setting.config().maxAttempts(),
            message.dispensable());
    RoundMachine machine = new RoundMachine(plan);
    for (String client : message.clients()) {
      machine.accept(new RoundEvent.ClientReady(client));
    }
    for (HelperHello helper : message.helpers()) {
      machine.accept(new RoundEvent.HelperReady(helper.helper()));
    }
    return machine;
  }

  /// Whether what came of an attempt at a segment is still needed, and on the disk.
  ///
  /// @param keepsBlocks whether single updates are needed when all segments are open
  boolean isNeeded(int segment, int attempt, boolean keepsBlocks) {
    RoundMachine machine = end;
    if (machine == null || machine.attempt(segment) != attempt) {
      return false;
    }
    SegmentPhase phase = machine.phase(segment);
    return phase != SegmentPhase.RENOUNCING
        && phase != SegmentPhase.VOID
        && (phase != SegmentPhase.OPENED || keepsBlocks);
  }
}
