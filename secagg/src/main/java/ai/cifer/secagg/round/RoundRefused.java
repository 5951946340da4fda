package ai.cifer.secagg.round;

/// A participant does not take part in a round that it was offered.
public final class RoundRefused extends RuntimeException {
  /// Why.
  public enum Reason {
    /// The round is of another federation.
    FEDERATION,
    /// A certificate does not hold.
    NOT_ENROLLED,
    /// Two names stand for one signature key.
    SHARED_KEY,
    /// A signature does not hold.
    SIGNATURE,
    /// A key of a helper, or the public key of a key holder, is unusable.
    HELPER_KEY,
    /// The refusing participant is not in the roster in its role.
    NOT_IN_ROSTER,
    /// The mode protects less than the participant demands.
    MODE,
    /// The profile is not on the participant's list.
    PARAMETERS,
    /// A clip is larger than the participant allows.
    CLIP,
    /// It measures columns of the data, which the participant does not want.
    STATISTICS,
    /// Differential privacy adds less noise than the participant demands, or there is none.
    PRIVACY,
    /// The smallest cohort is below the participant's own.
    COHORT_TOO_SMALL,
    /// The threshold does not give the agreement or secrecy that the participant demands.
    THRESHOLD,
    /// The helpers are not all clients, and not those that the beacon draws.
    HELPERS,
    /// The round is older than one accepted before.
    STALE,
    /// The same round was accepted with other contents.
    OTHER_CONTEXT,
    /// The round does not continue from the result that the participant knows.
    PREVIOUS_RESULT,
    /// The model is not the one whose hash was announced.
    MODEL,
    /// Another run used this model already and consent to a rerun is missing.
    RERUN,
    /// An update for this round and model may have left already.
    ALREADY_CONTRIBUTED,
    /// A further attempt without enough statements that nothing of one before was revealed, or out
    /// of turn.
    RETRY;

    /// Whether every further round of the run would be refused too, since the participant's own
    /// file stands against what the coordinator's file makes of it.
    public boolean isForGood() {
      return switch (this) {
        case FEDERATION, MODE, PARAMETERS, PRIVACY, COHORT_TOO_SMALL -> true;
        case NOT_ENROLLED,
            SHARED_KEY,
            SIGNATURE,
            HELPER_KEY,
            NOT_IN_ROSTER,
            CLIP,
            STATISTICS,
            THRESHOLD,
            HELPERS,
            STALE,
            OTHER_CONTEXT,
            PREVIOUS_RESULT,
            MODEL,
            RERUN,
            ALREADY_CONTRIBUTED,
            RETRY ->
            false;
      };
    }
  }

  private final Reason reason;

  public RoundRefused(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
