package ai.cifer.secagg.coordinator;

import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.round.VerifiedRound;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The signatures of helpers on one cohort, until a quorum of t signed. Not safe for several
/// threads.
public final class CohortCertificate {
  private final VerifiedRound round;
  private final Cohort cohort;
  private final SortedMap<String, CohortSignature> signatures = new TreeMap<>();

  public CohortCertificate(VerifiedRound round, Cohort cohort) {
    this.round = round;
    this.cohort = cohort;
  }

  /// The cohort.
  public Cohort cohort() {
    return cohort;
  }

  /// Takes in a signature.
  ///
  /// @throws ContributionRefused if it is not a helper's on this cohort
  public void add(CohortSignature signature) {
    boolean fits =
        round.isHelper(signature.helper())
            && signature.ctx().equals(cohort.ctx())
            && signature.segment() == cohort.segment()
            && signature.attempt() == cohort.attempt()
            && signature.cohort().equals(cohort.hash())
            && round.isAuthentic(signature);
    if (!fits) {
      throw new ContributionRefused(signature.helper(), "signature: not a helper's on this cohort");
    }
    signatures.putIfAbsent(signature.helper(), signature);
  }

  /// Whether t helpers signed.
  public boolean isComplete() {
    return signatures.size() >= round.open().threshold();
  }

  /// The signatures so far by ascending names.
  public List<CohortSignature> signatures() {
    return List.copyOf(signatures.values());
  }

  /// What helpers are sent to reveal.
  ///
  /// @throws IllegalStateException if too few signed
  public RevealRequest request() {
    if (!isComplete()) {
      throw new IllegalStateException(
          "signatures: %d (expected: >= %d)"
              .formatted(signatures.size(), round.open().threshold()));
    }
    return new RevealRequest(
        cohort.ctx(), cohort.segment(), cohort.attempt(), cohort.hash(), signatures());
  }
}
