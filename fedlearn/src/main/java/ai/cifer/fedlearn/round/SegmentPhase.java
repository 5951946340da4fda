package ai.cifer.fedlearn.round;

/// Where one segment of a round stands; each has its own cohort.
public enum SegmentPhase {
  /// Some planned client may still send it.
  COLLECTING,
  /// Helpers check that their shares open.
  CHECKING_SHARES,
  /// Helpers sign the cohort.
  CERTIFYING,
  /// Helpers reveal their shares of the sum of the cohort's secrets.
  REVEALING,
  /// The coordinator folds and opens.
  OPENING,
  OPENED,
  /// The attempt failed; helpers state that they revealed nothing of it, so that another may begin.
  RENOUNCING,
  /// It failed for good, and the round goes on without it.
  VOID;

  /// Whether nothing more happens to the segment in this round.
  boolean isOver() {
    return this == OPENED || this == VOID;
  }
}
