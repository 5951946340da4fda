package ai.cifer.fedlearn.round;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// Something that happened in a round. Events are what the log on disk holds, so replaying them
/// gives the same [RoundMachine] again; an event that comes twice changes nothing the second time.
///
/// What is about a segment names the attempt, counted from 0: a late answer about an attempt that
/// failed must not count in the next one.
public sealed interface RoundEvent {

  /// What happened in one attempt at one segment.
  sealed interface OfSegment extends RoundEvent {
    int segment();

    /// From 0.
    int attempt();
  }

  /// A client is there and willing.
  record ClientReady(String client) implements RoundEvent {}

  /// A helper is there and has given its key of this round.
  record HelperReady(String helper) implements RoundEvent {}

  /// Nobody else came within the patience of the run.
  record GatheringEnded() implements RoundEvent {}

  /// A member committed to its random bytes of a draw.
  record BeaconCommitted(String member, int draw) implements RoundEvent {}

  /// A member opened the random bytes that it committed to.
  record BeaconOpened(String member, int draw) implements RoundEvent {}

  /// These are the helpers that the random bytes of all members draw.
  record HelpersDrawn(SortedSet<String> helpers, int draw) implements RoundEvent {
    public HelpersDrawn {
      helpers = Collections.unmodifiableSortedSet(new TreeSet<>(helpers));
    }
  }

  /// One segment of one client arrived whole, its hash matches, its manifest and shares are here.
  record SegmentStored(String client, int segment, int attempt) implements OfSegment {}

  /// A client will send nothing more in this round.
  ///
  /// @param reason what a person should read, for example why it refused
  record ClientWithdrew(String client, String reason) implements RoundEvent {}

  /// A helper will answer nothing more in this round.
  record HelperLost(String helper, String reason) implements RoundEvent {}

  /// A helper's process ended and came back: its key of this round is gone, so it cannot open
  /// shares any more. What it signed before is on its disk, and it can still reveal that.
  record HelperRestarted(String helper) implements RoundEvent {}

  /// A helper will not work on an attempt at a segment any more; that it revealed nothing of it, it
  /// may yet state.
  record HelperDeclined(String helper, int segment, int attempt, String reason)
      implements OfSegment {}

  /// A helper checked its shares of a segment.
  ///
  /// @param complaints clients whose share it could not open
  record SharesChecked(String helper, int segment, int attempt, SortedSet<String> complaints)
      implements OfSegment {
    public SharesChecked {
      complaints = Collections.unmodifiableSortedSet(new TreeSet<>(complaints));
    }
  }

  /// A helper signed the cohort of a segment.
  record CohortSigned(String helper, int segment, int attempt) implements OfSegment {}

  /// A helper revealed its share of the sum of a segment's secrets.
  record SumRevealed(String helper, int segment, int attempt) implements OfSegment {}

  /// The sum of a segment is open.
  ///
  /// @param examples how many examples its mean is over
  record SegmentOpened(int segment, int attempt, long examples) implements OfSegment {}

  /// What a helper revealed for a segment contradicts what the others revealed; its part was left
  /// out.
  record HelperBlamed(String helper, int segment, int attempt) implements OfSegment {}

  /// The sum of a segment could not be opened, or what came out failed a check. If more helpers may
  /// reveal, that is waited for: of more reveals a wrong one can be found.
  ///
  /// @param reveals how many the try had; 0 without encryption
  record OpeningFailed(int segment, int attempt, int reveals, String reason) implements OfSegment {}

  /// A helper stated that it revealed nothing of an attempt and never will.
  record AttemptRenounced(String helper, int segment, int attempt) implements OfSegment {}

  /// A helper does not state that it revealed nothing of an attempt, for example since it did.
  record StatementDeclined(String helper, int segment, int attempt, String reason)
      implements OfSegment {}

  /// The strategy made the next global model and it is on disk.
  record ModelApplied() implements RoundEvent {}

  /// The operator, or a failure outside the protocol such as a full disk, ends the round.
  record RoundStopped(String reason) implements RoundEvent {}
}
