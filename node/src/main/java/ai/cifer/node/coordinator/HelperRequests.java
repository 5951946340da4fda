package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundCommand;
import ai.cifer.node.NodeException;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.transport.Envelope;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

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
  private final Consumer<NodeException> failed;
  private final int segmentsAtOnce;

  /// What was asked last for each segment.
  private final SortedMap<Integer, RoundCommand> pending = new TreeMap<>();

  private final Queue<RoundCommand.SendShares> waiting = new ArrayDeque<>();

  /// Segments whose reveal waits until a quorum is there.
  private final Set<Integer> heldBack = new HashSet<>();

  /// Segments of which was told that helpers are missing.
  private final Set<Integer> told = new HashSet<>();

  /// Segments whose reveal was asked for.
  private final Set<Integer> requested = new HashSet<>();

  /// @param failed ends the round
  HelperRequests(
      Coordinator coordinator,
      Liveness liveness,
      RoundSetting setting,
      OpenRound open,
      SumRequests sums,
      int threshold,
      Consumer<NodeException> failed) {
    this.coordinator = coordinator;
    this.liveness = liveness;
    this.setting = setting;
    this.open = open;
    this.sums = sums;
    this.threshold = threshold;
    this.failed = failed;
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

  void requestStatements(RoundCommand.RequestStatements request) {
    forget(request.segment());
    pending.put(request.segment(), request);
    ask(request, request.helpers());
  }

  /// Nothing more is needed for the attempt at a segment that ran.
  void done(int segment) {
    forget(segment);
    sendWaiting();
  }

  private void forget(int segment) {
    waiting.removeIf(shares -> shares.segment() == segment);
    pending.remove(segment);
    heldBack.remove(segment);
    told.remove(segment);
    requested.remove(segment);
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
          SortedSet<String> there = there(request.helpers());
          there.addAll(open.revealed(request.segment()));
          tellIfTooFew(request, there);
        }
      } else if (command instanceof RoundCommand.RequestStatements request) {
        tellWhoseStatementsAreMissing(request);
      }
    }
  }

  private void tellWhoseStatementsAreMissing(RoundCommand.RequestStatements request) {
    SortedSet<String> away = new TreeSet<>(request.helpers());
    away.removeAll(there(request.helpers()));
    if (!away.isEmpty() && told.add(request.segment())) {
      setting
          .listener()
          .on(
              new RunEvent.Waiting(
                  setting.round(),
                  "statements about segment %d attempt %d: %s may come back and give theirs"
                      .formatted(request.segment(), request.attempt(), String.join(", ", away))));
    }
  }

  private SortedSet<String> there(SortedSet<String> helpers) {
    SortedSet<String> there = new TreeSet<>(helpers);
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
      case RoundCommand.RequestStatements request -> request.helpers();
      default -> throw notAQuestion(command);
    };
  }

  private void ask(RoundCommand command, Collection<String> helpers) {
    switch (command) {
      case RoundCommand.SendShares shares -> {
        int parts = open.shareParts(shares.segment(), shares.clients());
        for (String helper : helpers) {
          for (int part = 0; part < parts; part++) {
            sendLater(helper, open.shares(shares.segment(), helper, part));
          }
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
          List<String> revealed = open.revealed(request.segment());
          // Whoever came back may be the one that completes the quorum: then all are asked.
          (again ? helpers : request.helpers())
              .stream()
                  .filter(helper -> !revealed.contains(helper))
                  .forEach(helper -> send(helper, Kinds.REVEAL_REQUEST, List.of(body)));
        }
      }
      case RoundCommand.RequestStatements request -> {
        Envelope question =
            new ControlMessage.StatementRequest(
                    setting.round(), request.segment(), request.attempt())
                .envelope();
        helpers.forEach(helper -> send(helper, question.kind(), List.of(question.body())));
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
    SortedSet<String> there = there(request.helpers());
    // After an opening that failed these have revealed, and more are asked for.
    there.addAll(open.revealed(segment));
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

  /// Shares are read from the disk when the helper is ready for them; whatever waits takes no
  /// memory. That they leave counts as progress of the helper.
  private void sendLater(String helper, OpenRound.PartOfShares part) {
    liveness.asked(helper);
    coordinator
        .roster()
        .seat(helper)
        .ifPresent(seat ->
            seat.session.sendLater(() -> {
              try {
                Envelope envelope = new Envelope(Kinds.SHARES, "", part.read().encode());
                seat.alive();
                return Optional.of(envelope);
              } catch (NoSuchFileException open) {
                // Others were faster, and the segment is open.
                return Optional.empty();
              } catch (IOException failure) {
                coordinator.later(() -> failed.accept(DiskFailure.of(failure)));
                return Optional.empty();
              }
            }));
  }

  private void send(String name, String kind, List<byte[]> bodies) {
    liveness.asked(name);
    for (byte[] body : bodies) {
      coordinator.broadcast(new Envelope(kind, "", body), List.of(name));
    }
  }
}
