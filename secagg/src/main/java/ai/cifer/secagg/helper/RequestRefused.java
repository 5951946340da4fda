package ai.cifer.secagg.helper;

/// A helper does not do what the coordinator asks.
public final class RequestRefused extends RuntimeException {
  /// Why.
  public enum Reason {
    /// No such round was accepted, or it is over.
    UNKNOWN_ROUND,
    /// The round has no such segment, or too many are open.
    UNKNOWN_SEGMENT,
    /// The attempt is over, or must not begin yet.
    OTHER_ATTEMPT,
    /// The helper promised never to reveal anything of this attempt.
    RENOUNCED,
    /// The helper revealed its sum of this attempt.
    REVEALED,
    /// The helper was restarted; its key of this round is gone.
    KEY_LOST,
    /// Shares that contradict those before, or after the status was sent.
    SHARES_CLOSED,
    /// A cohort before the status was sent.
    SHARES_OPEN,
    /// Fewer clients than k_min or more than the profile allows.
    COHORT_SIZE,
    /// A client whose share the helper does not hold under that manifest.
    COHORT_MEMBER,
    /// Another cohort was signed for this segment and attempt.
    SECOND_COHORT,
    /// The helper signed nothing for this segment and attempt.
    NOT_SIGNED,
    /// Fewer than t helpers signed the cohort.
    NO_QUORUM,
    /// A draw of helpers that is over, or a second list of commitments for one.
    DRAW,
    /// A sum that is not that of the certified cohort.
    BAD_SUM,
    /// Another sum was to be opened for the same blocks before.
    SECOND_SUM
  }

  private final Reason reason;

  RequestRefused(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
