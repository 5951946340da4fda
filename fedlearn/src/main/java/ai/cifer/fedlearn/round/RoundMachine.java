package ai.cifer.fedlearn.round;

import ai.cifer.fedlearn.round.RoundEvent.ClientWithdrew;
import ai.cifer.fedlearn.round.RoundEvent.CohortSigned;
import ai.cifer.fedlearn.round.RoundEvent.HelperBlamed;
import ai.cifer.fedlearn.round.RoundEvent.HelperDeclined;
import ai.cifer.fedlearn.round.RoundEvent.HelperLost;
import ai.cifer.fedlearn.round.RoundEvent.HelperRestarted;
import ai.cifer.fedlearn.round.RoundEvent.ModelApplied;
import ai.cifer.fedlearn.round.RoundEvent.OpeningFailed;
import ai.cifer.fedlearn.round.RoundEvent.RoundStopped;
import ai.cifer.fedlearn.round.RoundEvent.SegmentOpened;
import ai.cifer.fedlearn.round.RoundEvent.SegmentStored;
import ai.cifer.fedlearn.round.RoundEvent.SharesChecked;
import ai.cifer.fedlearn.round.RoundEvent.SumRevealed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// One round as a deterministic machine: each event gives the commands to carry out next.
///
/// ```
/// GATHERING ── all there, or enough and patience over ──► COLLECTING ──► APPLYING ──► COMPLETED
///     └── more than may help ──► DRAWING ── all opened ──────┘
///                                                          per segment
///   COLLECTING ─ every planned client sent it or withdrew ─► CHECKING_SHARES ─► CERTIFYING
///              ─► REVEALING ─► OPENING ─► OPENED             (unencrypted: COLLECTING ─► OPENING)
/// ```
///
/// Liveness is the driver's single rule: whoever makes no progress within the patience of the run
/// is reported by [ClientWithdrew] or [HelperLost]. The machine never waits for time, only for
/// someone who may still answer, so every phase ends. Each phase has its [Bounds]: it ends at once
/// at `max`, and when nobody is left to wait for it goes on at `min` or makes the round void.
///
/// The machine holds no clock, thread or I/O: feeding the logged events into a new instance gives
/// the same state and commands again. An event that is late, repeated, or about somebody who is not
/// in the round changes nothing. Not safe for concurrent use.
public final class RoundMachine {

  private final RoundPlan plan;
  private Phase phase = Phase.GATHERING;
  private final SortedSet<String> clients = new TreeSet<>();
  private final SortedSet<String> helpers = new TreeSet<>();

  /// Who left and why: whoever reads why the round is void needs to know.
  private final SortedMap<String, String> withdrawn = new TreeMap<>();

  private final SortedMap<String, String> lostHelpers = new TreeMap<>();
  private final List<SegmentState> segments = new ArrayList<>();
  private final Assembly assembly;

  /// t, once the round is open.
  private int threshold;

  public RoundMachine(RoundPlan plan) {
    this.plan = plan;
    assembly = new Assembly(plan, clients, helpers);
    for (int i = 0; i < plan.segments(); i++) {
      segments.add(new SegmentState(i));
    }
  }

  /// Whether an event says something new: what is late, repeated, or about somebody or something
  /// that is not in the round does not. Only what does need be logged.
  public boolean changes(RoundEvent event) {
    if (phase.isOver()) {
      return false;
    }
    if (event instanceof RoundStopped) {
      return true;
    }
    if (assembly.isRunning()) {
      return assembly.changes(event);
    }
    return switch (event) {
      case ClientWithdrew(String client, String reason) ->
          clients.contains(client) && !withdrawn.containsKey(client) && owes(client);
      case HelperLost(String helper, String reason) -> isHelping(helper);
      case HelperRestarted(String helper) ->
          isHelping(helper) && segments.stream().anyMatch(each -> loses(each, helper));
      case HelperDeclined(String helper, int index, String reason) ->
          isHelping(helper)
              && index >= 0
              && index < segments.size()
              && needsHelpers(segments.get(index))
              && !segments.get(index).declined.containsKey(helper);
      case SegmentStored(String client, int index) ->
          isIn(SegmentPhase.COLLECTING, index)
              && clients.contains(client)
              && !segments.get(index).stored.contains(client);
      case SharesChecked(String helper, int index, SortedSet<String> complaints) ->
          isIn(SegmentPhase.CHECKING_SHARES, index)
              && helpers.contains(helper)
              && !segments.get(index).checked.contains(helper);
      case CohortSigned(String helper, int index) ->
          isIn(SegmentPhase.CERTIFYING, index)
              && helpers.contains(helper)
              && !segments.get(index).signed.contains(helper);
      case SumRevealed(String helper, int index) ->
          (isIn(SegmentPhase.REVEALING, index) || isIn(SegmentPhase.OPENING, index))
              && helpers.contains(helper)
              && !segments.get(index).revealed.contains(helper);
      case HelperBlamed(String helper, int index) ->
          isIn(SegmentPhase.OPENING, index)
              && helpers.contains(helper)
              && !segments.get(index).blamed.contains(helper);
      case SegmentOpened(int index, long examples) -> isIn(SegmentPhase.OPENING, index);
      case OpeningFailed(int index, int reveals, String reason) ->
          isIn(SegmentPhase.OPENING, index) && segments.get(index).used == reveals;
      case ModelApplied() -> phase == Phase.APPLYING;
      default -> false;
    };
  }

  /// Whether a client has something left to send.
  private boolean owes(String client) {
    return phase == Phase.COLLECTING
        && segments.stream()
            .anyMatch(
                each -> each.phase == SegmentPhase.COLLECTING && !each.stored.contains(client));
  }

  private boolean isHelping(String helper) {
    return phase == Phase.COLLECTING
        && helpers.contains(helper)
        && !lostHelpers.containsKey(helper);
  }

  /// Whether a helper that lost its key is lost for a segment.
  private static boolean loses(SegmentState segment, String helper) {
    return segment.phase.compareTo(SegmentPhase.CERTIFYING) < 0
        && !segment.declined.containsKey(helper);
  }

  private boolean isIn(SegmentPhase expected, int index) {
    return phase == Phase.COLLECTING
        && index >= 0
        && index < segments.size()
        && segments.get(index).phase == expected;
  }

  /// Takes in one event and returns what has to be done because of it, in order.
  public List<RoundCommand> accept(RoundEvent event) {
    if (!changes(event)) {
      return List.of();
    }
    List<RoundCommand> commands = new ArrayList<>();
    if (assembly.isRunning() && !(event instanceof RoundStopped)) {
      assemble(event, commands);
      return commands;
    }
    switch (event) {
      case ClientWithdrew(String client, String reason) -> clientWithdrew(client, reason, commands);
      case HelperLost(String helper, String reason) -> helperLost(helper, reason, commands);
      case HelperRestarted(String helper) -> {
        for (SegmentState segment : segments) {
          if (loses(segment, helper)) {
            segment.declined.put(helper, "restarted, its key existed in memory only");
          }
        }
        helpersChanged(commands);
      }
      case HelperDeclined(String helper, int index, String reason) -> {
        segments.get(index).declined.put(helper, reason);
        helpersChanged(commands);
      }
      case SegmentStored(String client, int index) -> {
        segments.get(index).stored.add(client);
        advance(segments.get(index), commands);
      }
      case SharesChecked(String helper, int index, SortedSet<String> complaints) -> {
        segments.get(index).checked.add(helper);
        segments.get(index).complaints.addAll(complaints);
        advance(segments.get(index), commands);
      }
      case CohortSigned(String helper, int index) -> {
        segments.get(index).signed.add(helper);
        advance(segments.get(index), commands);
      }
      case SumRevealed(String helper, int index) -> {
        segments.get(index).revealed.add(helper);
        advance(segments.get(index), commands);
      }
      case SegmentOpened(int index, long examples) -> segmentOpened(index, commands);
      case HelperBlamed(String helper, int index) -> segments.get(index).blamed.add(helper);
      case OpeningFailed(int index, int reveals, String reason) ->
          openingFailed(segments.get(index), reason, commands);
      case ModelApplied() -> {
        phase = Phase.COMPLETED;
        commands.add(new RoundCommand.Complete());
      }
      case RoundStopped(String reason) -> end(reason, commands);
      default -> throw new IllegalStateException("changes nothing: " + event);
    }
    return commands;
  }

  private void assemble(RoundEvent event, List<RoundCommand> commands) {
    assembly.accept(event, commands);
    phase = assembly.phase();
    assembly.failure().ifPresent(reason -> end(reason, commands));
    if (phase == Phase.COLLECTING) {
      threshold = plan.quorum().of(helpers.size());
      commands.add(new RoundCommand.OpenRound(clients(), helpers()));
    }
  }

  private void clientWithdrew(String client, String reason, List<RoundCommand> commands) {
    withdrawn.put(client, reason);
    for (SegmentState segment : segments) {
      if (segment.phase == SegmentPhase.COLLECTING) {
        advance(segment, commands);
      }
    }
  }

  private void helperLost(String helper, String reason, List<RoundCommand> commands) {
    lostHelpers.put(helper, reason);
    helpersChanged(commands);
  }

  /// Ends the round if too few helpers are left for a segment, otherwise goes on without those that
  /// are gone.
  private void helpersChanged(List<RoundCommand> commands) {
    for (SegmentState segment : segments) {
      if (phase == Phase.COLLECTING && needsHelpers(segment) && reachable(segment) < threshold) {
        SortedMap<String, String> gone = new TreeMap<>(segment.declined);
        gone.putAll(lostHelpers);
        end(
            "helpers: %d of %d (expected: >= %d)%s"
                .formatted(reachable(segment), helpers.size(), threshold, Departures.text(gone)),
            commands);
      }
    }
    for (SegmentState segment : segments) {
      if (phase == Phase.COLLECTING
          && segment.phase == SegmentPhase.REVEALING
          && segment.used > 0) {
        wantWhatMayCome(segment, commands);
      }
      advance(segment, commands);
    }
  }

  /// How many helpers may still give a segment what it needs; who revealed has given it.
  private int reachable(SegmentState segment) {
    SortedSet<String> left = new TreeSet<>(livingHelpers(segment));
    if (segment.phase == SegmentPhase.REVEALING) {
      left.addAll(segment.revealed);
    }
    return left.size();
  }

  private static boolean needsHelpers(SegmentState segment) {
    return segment.phase.compareTo(SegmentPhase.OPENING) < 0;
  }

  /// Of t reveals nobody can tell which is wrong; of two more, one wrong one can be told.
  private void openingFailed(SegmentState segment, String reason, List<RoundCommand> commands) {
    segment.phase = SegmentPhase.REVEALING;
    segment.failure = reason;
    segment.wanted = segment.used + 2;
    wantWhatMayCome(segment, commands);
    advance(segment, commands);
  }

  /// After a failure fewer reveals than wanted are taken where no more can come, but not the same
  /// ones again.
  private void wantWhatMayCome(SegmentState segment, List<RoundCommand> commands) {
    int most = reachable(segment);
    if (most <= segment.used) {
      end("segment %d could not be opened: %s".formatted(segment.index, segment.failure), commands);
    }
    segment.wanted = Math.min(segment.wanted, most);
  }

  private void segmentOpened(int index, List<RoundCommand> commands) {
    segments.get(index).phase = SegmentPhase.OPENED;
    if (segments.stream().allMatch(each -> each.phase == SegmentPhase.OPENED)) {
      phase = Phase.APPLYING;
      commands.add(new RoundCommand.ApplyModel());
    }
  }

  /// Moves a segment on if everybody that its phase waits for has answered or is gone.
  private void advance(SegmentState segment, List<RoundCommand> commands) {
    if (phase != Phase.COLLECTING) {
      return;
    }
    switch (segment.phase) {
      case COLLECTING -> {
        if (covers(segment.stored, withdrawn.keySet(), clients)) {
          closeCollection(segment, commands);
        }
      }
      case CHECKING_SHARES -> {
        if (segment.checked.containsAll(livingHelpers(segment))) {
          proposeCohort(segment, commands);
        }
      }
      case CERTIFYING -> {
        // A quorum is enough: waiting for the others would only hand a slow helper a veto.
        if (segment.signed.size() >= threshold) {
          segment.phase = SegmentPhase.REVEALING;
          segment.wanted = threshold;
          commands.add(new RoundCommand.RequestReveal(segment.index, livingHelpers(segment)));
        }
      }
      case REVEALING -> {
        if (segment.revealed.size() >= segment.wanted) {
          segment.used = segment.revealed.size();
          segment.phase = SegmentPhase.OPENING;
          commands.add(new RoundCommand.OpenSegment(segment.index, segment.cohort));
        }
      }
      case OPENING, OPENED -> {}
    }
  }

  private void closeCollection(SegmentState segment, List<RoundCommand> commands) {
    if (tooFew(segment, segment.stored, commands)) {
      return;
    }
    if (plan.encrypted()) {
      segment.phase = SegmentPhase.CHECKING_SHARES;
      commands.add(
          new RoundCommand.SendShares(segment.index, copy(segment.stored), livingHelpers(segment)));
    } else {
      segment.cohort = copy(segment.stored);
      segment.phase = SegmentPhase.OPENING;
      commands.add(new RoundCommand.OpenSegment(segment.index, segment.cohort));
    }
  }

  private void proposeCohort(SegmentState segment, List<RoundCommand> commands) {
    SortedSet<String> cohort = new TreeSet<>(segment.stored);
    cohort.removeAll(segment.complaints);
    if (tooFew(segment, cohort, commands)) {
      return;
    }
    segment.cohort = Collections.unmodifiableSortedSet(cohort);
    segment.phase = SegmentPhase.CERTIFYING;
    commands.add(
        new RoundCommand.ProposeCohort(segment.index, segment.cohort, livingHelpers(segment)));
  }

  private boolean tooFew(
      SegmentState segment, SortedSet<String> cohort, List<RoundCommand> commands) {
    if (cohort.size() >= plan.clients().min()) {
      return false;
    }
    end(
        "clients with segment %d: %d of %d (expected: >= %d)%s"
            .formatted(
                segment.index,
                cohort.size(),
                clients.size(),
                plan.clients().min(),
                Departures.text(withdrawn)),
        commands);
    return true;
  }

  private void end(String reason, List<RoundCommand> commands) {
    phase = Phase.VOID;
    commands.add(new RoundCommand.Abandon(reason));
  }

  private static boolean covers(Set<String> answered, Set<String> gone, Set<String> all) {
    return all.stream().allMatch(each -> answered.contains(each) || gone.contains(each));
  }

  private static SortedSet<String> copy(SortedSet<String> names) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(names));
  }

  private SortedSet<String> livingHelpers(SegmentState segment) {
    SortedSet<String> living = new TreeSet<>(helpers);
    living.removeAll(lostHelpers.keySet());
    living.removeAll(segment.declined.keySet());
    return Collections.unmodifiableSortedSet(living);
  }

  public RoundPlan plan() {
    return plan;
  }

  public Phase phase() {
    return phase;
  }

  public SegmentPhase phase(int segment) {
    return segments.get(segment).phase;
  }

  /// The clients of this round, those that withdrew included.
  public SortedSet<String> clients() {
    return copy(clients);
  }

  /// The helpers of this round, those that were lost included.
  public SortedSet<String> helpers() {
    return copy(helpers);
  }

  /// How many helpers must sign and reveal; 0 until the round is open, and if it is not encrypted.
  public int threshold() {
    return threshold;
  }

  /// The clients that the round waits for now: those that owe a segment.
  public SortedSet<String> awaitedClients() {
    SortedSet<String> awaited = new TreeSet<>();
    for (String client : clients) {
      if (!withdrawn.containsKey(client) && owes(client)) {
        awaited.add(client);
      }
    }
    return awaited;
  }

  /// The helpers that the round waits for now: those that owe an answer; while helpers are drawn,
  /// those who draw them.
  public SortedSet<String> awaitedHelpers() {
    SortedSet<String> awaited = new TreeSet<>(assembly.awaited());
    if (phase == Phase.COLLECTING) {
      segments.forEach(each -> awaited.addAll(each.owing(livingHelpers(each))));
    }
    return awaited;
  }

  /// The helpers that owe a reveal. Fewer than t reveals open nothing and forbid another attempt,
  /// so they are worth waiting for.
  public SortedSet<String> awaitedReveals() {
    SortedSet<String> awaited = new TreeSet<>();
    if (phase == Phase.COLLECTING) {
      segments.stream()
          .filter(each -> each.phase == SegmentPhase.REVEALING)
          .forEach(each -> awaited.addAll(each.owing(livingHelpers(each))));
    }
    return awaited;
  }

  /// How many helpers' reveals the last try to open a segment has; 0 before and without encryption.
  public int reveals(int segment) {
    return segments.get(segment).used;
  }

  /// The cohort of a segment, empty until it is proposed.
  public SortedSet<String> cohort(int segment) {
    return segments.get(segment).cohort;
  }

  /// The clients that are in the cohort of every segment.
  public SortedSet<String> contributors() {
    SortedSet<String> contributors = new TreeSet<>(clients);
    segments.forEach(segment -> contributors.retainAll(segment.cohort));
    return contributors;
  }
}
