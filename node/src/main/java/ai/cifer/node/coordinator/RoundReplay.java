package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.round.RoundCommand;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.fedlearn.round.RoundMachine;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.message.CertifiedCohort;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.OpenedSum;
import ai.cifer.transport.Envelope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Takes in again what a process before this one took in of an open round, without doing again what
/// was done because of it.
final class RoundReplay {
  private final OpenRound open;
  private final RoundMachine machine;
  private final RoundRecord record;
  private final RoundMessages messages;

  /// What is to be done about each segment.
  private final SortedMap<Integer, RoundCommand> pending = new TreeMap<>();

  /// What is to be done when all segments are open, or none will be.
  private final List<RoundCommand> last = new ArrayList<>();

  private final Map<Integer, FoldInput> inputs = new HashMap<>();

  /// @param machine just opened
  RoundReplay(OpenRound open, RoundMachine machine, RoundRecord record, RoundMessages messages) {
    this.open = open;
    this.machine = machine;
    this.record = record;
    this.messages = messages;
  }

  /// @return what was commanded and not done, or not known to be done
  /// @throws ai.cifer.node.store.Damaged if something is not there any more as it was
  List<RoundCommand> run(RoundJournal journal) throws IOException {
    try {
      journal.read(this::take);
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    }
    List<RoundCommand> commands = new ArrayList<>(pending.values());
    commands.addAll(last);
    return commands;
  }

  private void take(RoundJournal.Entry entry) {
    try {
      switch (entry) {
        case RoundJournal.DrawBegun _, RoundJournal.Opened _ -> {}
        case RoundJournal.Taken(
                String sender,
                Optional<Envelope> message,
                Optional<RoundEvent> event) -> {
          if (message.isPresent()) {
            take(sender, message.get(), event);
          }
          if (event.isPresent()) {
            take(event.get());
          }
        }
        case RoundJournal.Certified(CertifiedCohort cohort) -> open.certifiedBefore(cohort);
        case RoundJournal.SumOpened opened -> {
          int segment = opened.event().segment();
          open.openedBefore(
              segment,
              new SegmentOutcome(
                  opened.event().examples(),
                  opened.clients(),
                  opened.result(),
                  opened.mean(),
                  List.of()),
              Optional.ofNullable(inputs.remove(segment)));
          pending.remove(segment);
          take(opened.event());
        }
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void take(String sender, Envelope message, Optional<RoundEvent> event)
      throws IOException {
    if (message.kind().equals(Kinds.OPENED_SUM)) {
      OpenedSum part = OpenedSum.decode(message.body());
      if (isNeeded(part.segment(), part.attempt())) {
        messages.read(open, sender, message);
      }
    } else if (message.kind().equals(Kinds.NOT_REVEALED)) {
      messages.read(open, sender, message);
    } else if (event.isPresent()
        && event.get() instanceof RoundEvent.OfSegment of
        && isNeeded(of.segment(), of.attempt())) {
      if (message.kind().equals(Kinds.MANIFEST)) {
        open.manifestBefore(Manifest.decode(message.body()));
      } else {
        messages.read(open, sender, message);
      }
    }
  }

  private boolean isNeeded(int segment, int attempt) {
    return record.isNeeded(segment, attempt, open.keepsBlocks());
  }

  private void take(RoundEvent event) throws IOException {
    for (RoundCommand command : machine.accept(event)) {
      note(command);
    }
  }

  private void note(RoundCommand command) throws IOException {
    switch (command) {
      case RoundCommand.SendShares shares -> {
        open.close(shares.segment());
        pending.put(shares.segment(), shares);
      }
      case RoundCommand.ProposeCohort proposal -> {
        if (isNeeded(proposal.segment(), machine.attempt(proposal.segment()))) {
          open.propose(proposal.segment(), proposal.cohort());
        }
        pending.put(proposal.segment(), proposal);
      }
      case RoundCommand.RequestReveal request -> pending.put(request.segment(), request);
      case RoundCommand.OpenSegment opening -> {
        open.close(opening.segment());
        if (isNeeded(opening.segment(), machine.attempt(opening.segment()))) {
          inputs.put(opening.segment(), open.foldInput(opening.segment(), opening.cohort()));
        }
        pending.put(opening.segment(), opening);
      }
      case RoundCommand.RequestStatements request -> {
        open.attemptFailed(request.segment());
        pending.put(request.segment(), request);
      }
      case RoundCommand.RetrySegment retry -> {
        open.retry(retry.segment(), retry.repeated());
        pending.remove(retry.segment());
      }
      case RoundCommand.AbandonSegment abandoned -> {
        open.abandoned(abandoned.segment());
        pending.remove(abandoned.segment());
        inputs.remove(abandoned.segment());
      }
      case RoundCommand.ApplyModel _, RoundCommand.Complete _, RoundCommand.Abandon _ ->
          last.add(command);
      case RoundCommand.AskCommitments _,
          RoundCommand.AskOpenings _,
          RoundCommand.CloseDraw _,
          RoundCommand.OpenRound _ -> {}
    }
  }
}
