package ai.cifer.fedlearn.round;

import java.util.SortedSet;

/// What the driver has to do next. Doing one twice is harmless.
public sealed interface RoundCommand {

  /// Ask the members to commit to random bytes.
  record AskCommitments(int draw, SortedSet<String> members) implements RoundCommand {}

  /// Show the members all their commitments, and ask them to open theirs.
  record AskOpenings(int draw, SortedSet<String> members) implements RoundCommand {}

  /// All opened: work out whom they draw.
  record CloseDraw(int draw) implements RoundCommand {}

  /// Tell clients and helpers that the round is open.
  record OpenRound(SortedSet<String> clients, SortedSet<String> helpers) implements RoundCommand {}

  /// Pass the manifests and sealed shares of these clients on to the helpers.
  record SendShares(int segment, SortedSet<String> clients, SortedSet<String> helpers)
      implements RoundCommand {}

  /// Ask the helpers to sign this cohort.
  record ProposeCohort(int segment, SortedSet<String> cohort, SortedSet<String> helpers)
      implements RoundCommand {}

  /// Ask the helpers, with the signatures of a quorum, for their shares of the sum.
  record RequestReveal(int segment, SortedSet<String> helpers) implements RoundCommand {}

  /// Fold the cohort's segments and open the sum.
  record OpenSegment(int segment, SortedSet<String> cohort) implements RoundCommand {}

  /// An attempt failed: ask the helpers for statements that they revealed nothing of it.
  ///
  /// @param helpers none if there cannot be enough
  /// @param attempt the one that failed
  /// @param reason why
  record RequestStatements(int segment, int attempt, SortedSet<String> helpers, String reason)
      implements RoundCommand {}

  /// Have the clients send a segment again, with fresh secrets: show them and the helpers the
  /// statements about the attempts before.
  ///
  /// @param attempt the new one
  /// @param repeated whether the cohort must be that of the attempt before, which may have been
  ///   opened: instead of statements its certificate is shown
  record RetrySegment(
      int segment,
      int attempt,
      SortedSet<String> clients,
      SortedSet<String> helpers,
      boolean repeated)
      implements RoundCommand {}

  /// A segment failed for good: the round goes on without it, and its values stay as they were.
  ///
  /// @param reason why
  record AbandonSegment(int segment, String reason) implements RoundCommand {}

  /// All segments are open, or the round goes on without them: let the strategy make the next
  /// global model.
  record ApplyModel() implements RoundCommand {}

  /// The round is over and its result stands.
  record Complete() implements RoundCommand {}

  /// The round is over without a result; the global model stays as it was.
  record Abandon(String reason) implements RoundCommand {}
}
