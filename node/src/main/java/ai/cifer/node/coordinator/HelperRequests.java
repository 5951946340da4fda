package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundCommand;
import ai.cifer.node.wire.Kinds;
import ai.cifer.transport.Envelope;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What helpers are asked for each segment that they work on.
///
/// Asking again is harmless, so whoever comes back is asked again. Reveals are asked for only when
/// a quorum is there: sums that fewer than t helpers revealed open nothing, and forbid another
/// attempt.
final class HelperRequests {

  private final Coordinator coordinator;
  private final Liveness liveness;
  private final RoundSetting setting;
  private final OpenRound open;
  private final SumRequests sums;
  private final int threshold;
  private final int segmentsAtOnce;

  /// What was asked last for each segment.
  private final SortedMap<Integer, RoundCommand> pending = new TreeMap<>();

  private final Queue<RoundCommand.SendShares> waiting = new ArrayDeque<>();

  /// Segments whose reveal waits until a quorum is there.
  private final Set<Integer> heldBack = new HashSet<>();

  /// Segments of which was told that too few helpers are there.
  private final Set<Integer> told = new HashSet<>();

  /// Segments whose reveal was asked for.
  private final Set<Integer> requested = new HashSet<>();

  HelperRequests(
      Coordinator coordinator,
      Liveness liveness,
      RoundSetting setting,
      OpenRound open,
      SumRequests sums,
      int threshold) {
    this.coordinator = coordinator;
    this.liveness = liveness;
    this.setting = setting;
    this.open = open;
    this.sums = sums;
    this.threshold = threshold;
    segmentsAtOnce = open.segmentsAtOnce();
  }

  void sendShares(RoundCommand.SendShares shares) {
    waiting.add(shares);
    sendWaiting();
  }

  private void sendWaiting() {
    while (pending.size() < segmentsAtOnce && !waiting.isEmpty()) {
      RoundCommand.SendShares shares = waiting.remove();
      pending.put(shares.segment(), shares);
      ask(shares, shares.helpers());
    }
  }

  void propose(RoundCommand.ProposeCohort proposal) {
    pending.put(proposal.segment(), proposal);
    ask(proposal, proposal.helpers());
  }

  void requestReveal(RoundCommand.RequestReveal request) {
    pending.put(request.segment(), request);
    ask(request, request.helpers());
  }

  /// Nothing more is needed for a segment.
  void done(int segment) {
    pending.remove(segment);
    heldBack.remove(segment);
    sendWaiting();
  }

  /// Asks a helper that came back.
  void askAgain(String helper) {
    for (RoundCommand command : List.copyOf(pending.values())) {
      if (helpers(command).contains(helper)) {
        ask(command, List.of(helper));
      }
    }
  }

  /// Looks whether a quorum has come together for reveals that wait for one, and says what is
  /// waited for where too few are there.
  void tick() {
    for (RoundCommand command : List.copyOf(pending.values())) {
      if (command instanceof RoundCommand.RequestReveal request) {
        if (heldBack.contains(request.segment())) {
          ask(request, request.helpers());
        } else {
          SortedSet<String> there = there(request);
          there.addAll(open.revealed(request.segment()));
          tellIfTooFew(request, there);
        }
      }
    }
  }

  private SortedSet<String> there(RoundCommand.RequestReveal request) {
    SortedSet<String> there = new TreeSet<>(request.helpers());
    there.removeIf(helper -> coordinator.roster().seat(helper).filter(Seat::joined).isEmpty());
    return there;
  }

  private void tellIfTooFew(RoundCommand.RequestReveal request, SortedSet<String> there) {
    if (there.size() >= threshold) {
      told.remove(request.segment());
    } else if (told.add(request.segment())) {
      setting
          .listener()
          .on(
              new RunEvent.Waiting(
                  setting.round(),
                  "helpers: %d of %d (needed to open segment %d: %d); whoever comes back has its part on its disk"
                      .formatted(
                          there.size(), request.helpers().size(), request.segment(), threshold)));
    }
  }

  private static SortedSet<String> helpers(RoundCommand command) {
    return switch (command) {
      case RoundCommand.SendShares shares -> shares.helpers();
      case RoundCommand.ProposeCohort proposal -> proposal.helpers();
      case RoundCommand.RequestReveal request -> request.helpers();
      default -> throw notAQuestion(command);
    };
  }

  private void ask(RoundCommand command, Collection<String> helpers) {
    switch (command) {
      case RoundCommand.SendShares shares -> {
        for (String helper : helpers) {
          send(helper, Kinds.SHARES, open.shares(shares.segment(), shares.clients(), helper));
        }
      }
      case RoundCommand.ProposeCohort proposal -> {
        byte[] cohort = open.propose(proposal.segment(), proposal.cohort()).encode();
        helpers.forEach(helper -> send(helper, Kinds.COHORT, List.of(cohort)));
      }
      case RoundCommand.RequestReveal request -> {
        boolean again = requested.contains(request.segment());
        if (mayReveal(request) && open.opensCiphertexts()) {
          helpers.forEach(helper -> sums.ask(request.segment(), helper));
        } else if (mayReveal(request)) {
          byte[] body = open.revealRequest(request.segment()).encode();
          // Whoever came back may be the one that completes the quorum: then all are asked.
          (again ? helpers : request.helpers())
              .forEach(helper -> send(helper, Kinds.REVEAL_REQUEST, List.of(body)));
        }
      }
      default -> throw notAQuestion(command);
    }
  }

  private static IllegalStateException notAQuestion(RoundCommand command) {
    return new IllegalStateException("not a question to helpers: " + command);
  }

  /// Whether so many are there that what they reveal opens the sum; once they were asked it is too
  /// late to hold anything back.
  private boolean mayReveal(RoundCommand.RequestReveal request) {
    int segment = request.segment();
    if (requested.contains(segment)) {
      return true;
    }
    SortedSet<String> there = there(request);
    tellIfTooFew(request, there);
    if (there.size() >= threshold) {
      heldBack.remove(segment);
      requested.add(segment);
      return true;
    }
    // They owe nothing while they are not asked.
    there.forEach(liveness::asked);
    heldBack.add(segment);
    return false;
  }

  private void send(String name, String kind, List<byte[]> bodies) {
    liveness.asked(name);
    for (byte[] body : bodies) {
      coordinator.broadcast(new Envelope(kind, "", body), List.of(name));
    }
  }
}
