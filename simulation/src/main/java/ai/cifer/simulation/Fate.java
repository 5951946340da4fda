package ai.cifer.simulation;

/// What happens to a client in a round.
///
/// @param moment when it is lost, if it is
/// @param delaySeconds how long it needs in simulated time; nobody waits for it in real time
public record Fate(Moment moment, double delaySeconds) {

  /// Nothing goes wrong.
  public static final Fate STAYS = new Fate(Moment.STAYS, 0);

  /// When a client is lost.
  public enum Moment {
    /// It stays until the round is over.
    STAYS,
    /// Its process ends before it has trained: its update is not in the sum.
    BEFORE_TRAINING,
    /// Its process ends when half of its update has left: that is not in the sum either.
    WHILE_SENDING,
    /// Its process ends when its update has left: that is in the sum, but it helps nobody to open
    /// it.
    AFTER_SENDING,
    /// It needs longer than the deadline: its update is not in the sum, but it helps.
    LATE;

    /// Whether its process ends.
    boolean isLost() {
      return this != STAYS && this != LATE;
    }
  }
}
