package ai.cifer.secagg.coordinator;

import ai.cifer.secagg.message.CertifiedCohort;
import ai.cifer.secagg.message.NotRevealed;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.round.VerifiedRound;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The statements that nothing of the failed attempts at one segment was revealed, or the certified
/// cohorts of attempts of which something may have been. Not safe for several threads.
public final class Statements {
  private final VerifiedRound round;
  private final int segment;
  private final List<SortedMap<String, NotRevealed>> attempts = new ArrayList<>();
  private final List<CertifiedCohort> certified = new ArrayList<>();

  /// @param round the coordinator's own
  public Statements(VerifiedRound round, int segment) {
    this.round = round;
    this.segment = segment;
  }

  /// Begins to collect for an attempt that failed.
  public void collect() {
    attempts.add(new TreeMap<>());
  }

  /// Takes in a statement.
  ///
  /// @return whether it is about the attempt that failed last
  /// @throws ContributionRefused if it is not a helper's about this segment
  public boolean add(NotRevealed statement) {
    boolean fits =
        round.isHelper(statement.helper())
            && statement.ctx().equals(round.ctx())
            && statement.segment() == segment
            && round.isAuthentic(statement);
    if (!fits) {
      throw new ContributionRefused(
          statement.helper(), "statement: not a helper's about this segment");
    }
    if (attempts.isEmpty() || statement.attempt() != attempts.size() - 1) {
      return false;
    }
    attempts.getLast().putIfAbsent(statement.helper(), statement);
    return true;
  }

  /// About the attempt that failed last there are too few: the next one must have the same cohort.
  public void repeat(CertifiedCohort cohort) {
    certified.add(cohort);
  }

  /// What clients and helpers are sent to begin the next attempt.
  public Retry retry() {
    return new Retry(
        round.ctx(),
        segment,
        attempts.size(),
        attempts.stream().flatMap(each -> each.values().stream()).toList(),
        certified);
  }
}
