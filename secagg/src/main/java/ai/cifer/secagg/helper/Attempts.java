package ai.cifer.secagg.helper;

import ai.cifer.secagg.helper.RequestRefused.Reason;
import ai.cifer.secagg.journal.HelperJournal;
import ai.cifer.secagg.journal.SegmentKey;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.round.HelperTrust;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Which attempt at each segment a helper works on, and which it has renounced.
///
/// It works on a further attempt only if so many helpers stated that they revealed nothing of those
/// before that fewer than t are left that may have; or it signs no cohort there but the one that
/// was certified before. What it states itself is on its disk before.
final class Attempts {
  private final HelperJournal journal;
  private final HelperTrust trust;

  /// The attempt that runs, by the key of attempt 0; that one where there is none. In memory only:
  /// after a restart the helper's key is gone, so it works on no attempt.
  private final Map<SegmentKey, Integer> running = new HashMap<>();

  /// The only clients of whom the cohort of the attempt that runs may be, where there are such.
  private final Map<SegmentKey, List<String>> only = new HashMap<>();

  Attempts(HelperJournal journal, HelperTrust trust) {
    this.journal = journal;
    this.trust = trust;
  }

  /// Begins a further attempt; the same one again changes nothing.
  ///
  /// @return whether it is a new one
  /// @throws ai.cifer.secagg.round.RoundRefused if it may not begin
  boolean begin(VerifiedRound round, Retry retry, SegmentKey first) {
    int latest = running.getOrDefault(first, 0);
    if (retry.attempt() == latest) {
      return false;
    }
    Optional<List<String>> bound = round.requireRetry(retry, latest, trust);
    running.put(first, retry.attempt());
    only.remove(first);
    bound.ifPresent(clients -> only.put(first, clients));
    return true;
  }

  /// Checks that a sum over this cohort tells nothing that attempts before may not have told.
  ///
  /// @param first the key of attempt 0
  void requireCohort(Cohort cohort, SegmentKey first) {
    List<String> clients = only.get(first);
    if (clients != null && !clients.equals(cohort.clients())) {
      throw new RequestRefused(
          Reason.SECOND_COHORT,
          "segment %d attempt %d: a cohort of %d clients (expected: the %d of the attempt before, which may have been opened)"
              .formatted(cohort.segment(), cohort.attempt(), cohort.size(), clients.size()));
    }
  }

  /// Checks that an attempt is the one that runs, and not renounced.
  ///
  /// @param first the key of attempt 0
  void requireRunning(SegmentKey name, SegmentKey first) {
    int latest = running.getOrDefault(first, 0);
    if (name.attempt() != latest) {
      throw new RequestRefused(
          Reason.OTHER_ATTEMPT,
          "segment %d attempt %d: not the one that runs (expected: %d, or a retry with statements)"
              .formatted(name.segment(), name.attempt(), latest));
    }
    requireNotRenounced(name);
  }

  /// Checks that nothing was promised that a signature or a reveal would break.
  void requireNotRenounced(SegmentKey name) {
    if (journal.isRenounced(name)) {
      throw new RequestRefused(
          Reason.RENOUNCED,
          "segment %d attempt %d: renounced, nothing of it is revealed any more (expected: a later attempt)"
              .formatted(name.segment(), name.attempt()));
    }
  }

  /// Records on disk that nothing of an attempt or of one before will be revealed.
  ///
  /// @throws RequestRefused if it was revealed
  /// @throws IOException if the journal cannot be written; nothing may be stated then
  void renounce(SegmentKey name) throws IOException {
    if (journal.isRevealed(name)) {
      throw new RequestRefused(
          Reason.REVEALED,
          "segment %d attempt %d: its sum was revealed (expected: no statement that it was not)"
              .formatted(name.segment(), name.attempt()));
    }
    journal.renounce(name);
  }

  void forget(Predicate<SegmentKey> which) {
    running.keySet().removeIf(which);
    only.keySet().removeIf(which);
  }
}
