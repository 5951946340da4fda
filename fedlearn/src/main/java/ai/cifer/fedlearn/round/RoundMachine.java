package ai.cifer.fedlearn.round;

import ai.cifer.fedlearn.round.RoundEvent.AttemptRenounced;
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
import ai.cifer.fedlearn.round.RoundEvent.StatementDeclined;
import ai.cifer.fedlearn.round.RoundEvent.SumRevealed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/// One round as a deterministic machine: each event gives the commands to carry out next.
///
/// ```
/// GATHERING ── all there, or enough and patience over ──► COLLECTING ──► APPLYING ──► COMPLETED
///     └── more than may help ──► DRAWING ── all opened ──────┘
///                                                          per segment
///   COLLECTING ─ every planned client sent it or withdrew ─► CHECKING_SHARES ─► CERTIFYING
///              ─► REVEALING ─► OPENING ─► OPENED             (unencrypted: COLLECTING ─► OPENING)
///   an attempt that failed ─► RENOUNCING ─ enough statements ─► COLLECTING of the next attempt
///   no further attempt ─► VOID, if the round can do without the segment
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
  private final Attendance there = new Attendance();
  private final RoundSegments segments;
  private final Assembly assembly;

  /// t, once the round is open.
  private int threshold;

  public RoundMachine(RoundPlan plan) {
    this(plan, 0);
  }

  /// @param drawsBefore draws of helpers that a process before this one began; a member that opened
  ///   for one of them opens for none with its number again
  public RoundMachine(RoundPlan plan, int drawsBefore) {
    this.plan = plan;
    assembly = new Assembly(plan, there.clients, there.helpers, drawsBefore + 1);
    segments = new RoundSegments(plan.segments());
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
    boolean running = phase == Phase.COLLECTING;
    return switch (event) {
      case ClientWithdrew(String client, String reason) ->
          there.clients.contains(client) && !there.withdrawn.containsKey(client) && owes(client);
      case HelperLost(String helper, String reason) -> running && there.isLiving(helper);
      case HelperRestarted(String helper) ->
          running && there.isLiving(helper) && !there.keyless.contains(helper);
      case RoundEvent.OfSegment of ->
          running
              && segments.contains(of.segment())
              && there.knows(of)
              && at(of.segment()).isNew(of);
      case ModelApplied() -> phase == Phase.APPLYING;
      default -> false;
    };
  }

  private boolean owes(String client) {
    return phase == Phase.COLLECTING && segments.owedBy(client);
  }

  private SegmentState at(int index) {
    return segments.at(index);
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
        there.keyless.add(helper);
        segments.forEach(segment -> there.forgotKey(helper, segment));
        helpersChanged(commands);
      }
      case HelperDeclined(String helper, int index, int _, String reason) -> {
        at(index).declined.put(helper, reason);
        helpersChanged(commands);
      }
      case SegmentStored(String client, int index, int _) -> {
        at(index).stored.add(client);
        advance(at(index), commands);
      }
      case SharesChecked(String helper, int index, int _, SortedSet<String> complaints) -> {
        at(index).checked.put(helper, complaints);
        advance(at(index), commands);
      }
      case CohortSigned(String helper, int index, int _) -> {
        at(index).signed.add(helper);
        advance(at(index), commands);
      }
      case SumRevealed(String helper, int index, int _) -> {
        at(index).revealed.add(helper);
        advance(at(index), commands);
      }
      case AttemptRenounced(String helper, int index, int _) -> {
        at(index).renounced.add(helper);
        advance(at(index), commands);
      }
      case StatementDeclined(String helper, int index, int _, String reason) -> {
        at(index).declined.put(helper, reason);
        advance(at(index), commands);
      }
      case SegmentOpened(int index, int _, long _) -> segmentOpened(index, commands);
      case HelperBlamed(String helper, int index, int _) -> {
        at(index).blamed.add(helper);
        there.liars.put(helper, "revealed a wrong part of segment " + index);
        segments.forEach(segment -> there.setLiarsAside(segment, threshold));
        helpersChanged(commands);
      }
      case OpeningFailed(int index, int _, int _, String reason) ->
          openingFailed(at(index), reason, commands);
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
      threshold = plan.quorum().of(there.helpers.size());
      commands.add(new RoundCommand.OpenRound(clients(), helpers()));
    }
  }

  private void clientWithdrew(String client, String reason, List<RoundCommand> commands) {
    there.withdrawn.put(client, reason);
    for (SegmentState segment : segments) {
      if (segment.phase == SegmentPhase.COLLECTING) {
        advance(segment, commands);
      }
    }
  }

  private void helperLost(String helper, String reason, List<RoundCommand> commands) {
    there.lostHelpers.put(helper, reason);
    helpersChanged(commands);
  }

  /// Goes on without those helpers that are gone; where too few are left, the attempt failed.
  private void helpersChanged(List<RoundCommand> commands) {
    segments.forEach(segment -> requireHelpers(segment, commands));
    for (SegmentState segment : segments) {
      if (phase == Phase.COLLECTING
          && segment.phase == SegmentPhase.REVEALING
          && segment.used > 0) {
        wantWhatMayCome(segment, commands);
      }
      advance(segment, commands);
    }
  }

  private void requireHelpers(SegmentState segment, List<RoundCommand> commands) {
    if (phase != Phase.COLLECTING
        || !segment.needsHelpers()
        || there.reachable(segment) >= threshold) {
      return;
    }
    attemptFailed(segment, Reasons.tooFewHelpers(there, segment, threshold), commands);
  }

  /// Of t reveals nobody can tell which is wrong; of two more, one wrong one can be told.
  private void openingFailed(SegmentState segment, String reason, List<RoundCommand> commands) {
    segment.phase = SegmentPhase.REVEALING;
    segment.failure = reason;
    segment.wanted = segment.used + 2;
    wantWhatMayCome(segment, commands);
    advance(segment, commands);
    if (phase == Phase.COLLECTING && segment.phase == SegmentPhase.REVEALING) {
      // Who was away while it was opened may have come back since.
      commands.add(new RoundCommand.RequestReveal(segment.index, there.livingHelpers(segment)));
    }
  }

  /// After a failure fewer reveals than wanted are taken where no more can come, but not the same
  /// ones again.
  private void wantWhatMayCome(SegmentState segment, List<RoundCommand> commands) {
    int most = there.reachable(segment);
    if (most > segment.used) {
      segment.wanted = Math.min(segment.wanted, most);
    } else {
      attemptFailed(
          segment,
          "segment %d could not be opened: %s".formatted(segment.index, segment.failure),
          commands);
    }
  }

  /// Asks for the statements without which no client sends a segment again to just any cohort, or
  /// gives the segment up where another attempt cannot come about.
  private void attemptFailed(SegmentState segment, String reason, List<RoundCommand> commands) {
    SortedSet<String> stating = there.stating(segment);
    boolean enough = stating.size() >= statements();
    if (!plan.encrypted()
        || there.holding().size() < threshold
        || there.tooFewFor(segment, plan.clients())) {
      giveUp(segment, reason, commands);
    } else if (segment.attempt + 1 == plan.attempts()) {
      giveUp(segment, reason + Reasons.tooManyAttempts(plan.attempts()), commands);
    } else if (!enough && !there.mayRepeat(segment, threshold)) {
      giveUp(
          segment,
          reason + Reasons.tooFewStatements(segment, stating.size(), statements()),
          commands);
    } else {
      segment.phase = SegmentPhase.RENOUNCING;
      segment.failure = reason;
      segment.declined.clear();
      segment.asked = enough ? stating : Collections.emptySortedSet();
      commands.add(
          new RoundCommand.RequestStatements(
              segment.index, segment.attempt, segment.asked, reason));
      advance(segment, commands);
    }
  }

  /// A segment failed for good: the round goes on without it if its plan says so, or ends.
  private void giveUp(SegmentState segment, String reason, List<RoundCommand> commands) {
    if (segment.index >= plan.dispensable()) {
      end(reason, commands);
      return;
    }
    segment.leaveOut();
    commands.add(new RoundCommand.AbandonSegment(segment.index, reason));
    if (segments.areVoid()) {
      end(reason, commands);
    } else {
      applyIfOver(commands);
    }
  }

  private void applyIfOver(List<RoundCommand> commands) {
    if (segments.areOver()) {
      phase = Phase.APPLYING;
      commands.add(new RoundCommand.ApplyModel());
    }
  }

  private int statements() {
    return plan.quorum().statements(there.helpers.size());
  }

  /// Everybody who may state that it revealed nothing has answered or is gone.
  private void closeAttempt(SegmentState segment, List<RoundCommand> commands) {
    if (there.tooFewFor(segment, plan.clients())) {
      giveUp(segment, segment.failure, commands);
      return;
    }
    boolean repeated = segment.renounced.size() < statements();
    if (repeated && !there.mayRepeat(segment, threshold)) {
      giveUp(
          segment,
          segment.failure
              + Reasons.tooFewStatements(segment, segment.renounced.size(), statements())
              + Departures.text(segment.declined),
          commands);
      return;
    }
    if (repeated) {
      segment.only = segment.cohort;
    }
    there.retry(segment, threshold);
    commands.add(
        new RoundCommand.RetrySegment(
            segment.index,
            segment.attempt,
            there.livingClients(segment),
            there.livingHelpers(segment),
            repeated));
    requireHelpers(segment, commands);
    advance(segment, commands);
  }

  private void segmentOpened(int index, List<RoundCommand> commands) {
    at(index).phase = SegmentPhase.OPENED;
    applyIfOver(commands);
  }

  /// Moves a segment on if everybody that its phase waits for has answered or is gone.
  private void advance(SegmentState segment, List<RoundCommand> commands) {
    if (phase != Phase.COLLECTING) {
      return;
    }
    switch (segment.phase) {
      case COLLECTING -> {
        if (segment.stored.containsAll(there.livingClients(segment))) {
          closeCollection(segment, commands);
        }
      }
      case CHECKING_SHARES -> {
        if (segment.checked.keySet().containsAll(there.livingHelpers(segment))) {
          proposeCohort(segment, commands);
        }
      }
      case CERTIFYING -> {
        // A quorum is enough: waiting for the others would only hand a slow helper a veto.
        if (segment.signed.size() >= threshold) {
          segment.phase = SegmentPhase.REVEALING;
          segment.wanted = threshold;
          commands.add(new RoundCommand.RequestReveal(segment.index, there.livingHelpers(segment)));
        }
      }
      case REVEALING -> {
        if (segment.revealed.size() >= segment.wanted) {
          segment.used = segment.revealed.size();
          segment.phase = SegmentPhase.OPENING;
          commands.add(new RoundCommand.OpenSegment(segment.index, segment.cohort));
        }
      }
      case RENOUNCING -> {
        if (there.owing(segment).isEmpty()) {
          closeAttempt(segment, commands);
        }
      }
      case OPENING, OPENED, VOID -> {}
    }
  }

  private void closeCollection(SegmentState segment, List<RoundCommand> commands) {
    if (tooFew(segment, segment.stored, commands)) {
      return;
    }
    if (plan.encrypted()) {
      segment.phase = SegmentPhase.CHECKING_SHARES;
      commands.add(
          new RoundCommand.SendShares(
              segment.index, copy(segment.stored), there.livingHelpers(segment)));
    } else {
      segment.cohort = copy(segment.stored);
      segment.phase = SegmentPhase.OPENING;
      commands.add(new RoundCommand.OpenSegment(segment.index, segment.cohort));
    }
  }

  private void proposeCohort(SegmentState segment, List<RoundCommand> commands) {
    SortedSet<String> cohort =
        segment.draw(there.livingHelpers(segment), threshold, segment.least(plan.clients().min()));
    if (tooFew(segment, cohort, commands)) {
      return;
    }
    segment.cohort = Collections.unmodifiableSortedSet(cohort);
    segment.phase = SegmentPhase.CERTIFYING;
    commands.add(
        new RoundCommand.ProposeCohort(
            segment.index, segment.cohort, there.livingHelpers(segment)));
  }

  private boolean tooFew(
      SegmentState segment, SortedSet<String> cohort, List<RoundCommand> commands) {
    int least = segment.least(plan.clients().min());
    if (cohort.size() >= least) {
      return false;
    }
    attemptFailed(segment, Reasons.tooFewClients(there, segment, cohort, least), commands);
    return true;
  }

  private void end(String reason, List<RoundCommand> commands) {
    phase = Phase.VOID;
    commands.add(new RoundCommand.Abandon(reason));
  }

  private static SortedSet<String> copy(SortedSet<String> names) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(names));
  }

  public RoundPlan plan() {
    return plan;
  }

  public Phase phase() {
    return phase;
  }

  public SegmentPhase phase(int segment) {
    return segments.at(segment).phase;
  }

  /// The clients of this round, those that withdrew included.
  public SortedSet<String> clients() {
    return copy(there.clients);
  }

  /// The helpers of this round, those that were lost included.
  public SortedSet<String> helpers() {
    return copy(there.helpers);
  }

  /// How many helpers must sign and reveal; 0 until the round is open, and if it is not encrypted.
  public int threshold() {
    return threshold;
  }

  /// The clients that the round waits for now: those that owe a segment.
  public SortedSet<String> awaitedClients() {
    SortedSet<String> awaited = new TreeSet<>(there.livingClients());
    awaited.removeIf(client -> !owes(client));
    return awaited;
  }

  /// The helpers that the round waits for now: those that owe an answer; while helpers are drawn,
  /// those who draw them.
  public SortedSet<String> awaitedHelpers() {
    return assembly.isRunning() ? assembly.awaited() : ofSegments(there::owing);
  }

  /// The helpers that the round waits for and that nobody can stand in for, so that they have the
  /// whole patience: fewer than t reveals open nothing, and without statements there is no other
  /// attempt.
  public SortedSet<String> irreplaceableHelpers() {
    return ofSegments(segment -> there.irreplaceable(segment, threshold));
  }

  private SortedSet<String> ofSegments(Function<SegmentState, SortedSet<String>> names) {
    SortedSet<String> all = new TreeSet<>();
    if (phase == Phase.COLLECTING) {
      segments.forEach(segment -> all.addAll(names.apply(segment)));
    }
    return all;
  }

  /// The attempt at a segment that runs, from 0.
  public int attempt(int segment) {
    return segments.at(segment).attempt;
  }

  /// How many helpers' reveals the last try to open a segment has; 0 before and without encryption.
  public int reveals(int segment) {
    return segments.at(segment).used;
  }

  /// The cohort of a segment, empty until it is proposed.
  public SortedSet<String> cohort(int segment) {
    return segments.at(segment).cohort;
  }

  /// The clients that are in the cohort of every segment that is not void.
  public SortedSet<String> contributors() {
    return segments.contributors(there.clients);
  }

  /// The segments without which the round goes on, ascending.
  public List<Integer> abandoned() {
    return segments.abandoned();
  }
}
