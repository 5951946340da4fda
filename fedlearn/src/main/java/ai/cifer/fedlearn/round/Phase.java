package ai.cifer.fedlearn.round;

/// Where a round stands.
public enum Phase {
  /// Clients and helpers come together.
  GATHERING,
  /// More clients came together than may help: they draw the helpers.
  DRAWING,
  /// Clients train and upload; segments that are complete are certified and opened meanwhile.
  COLLECTING,
  /// All sums are open; the strategy makes the next model.
  APPLYING,
  /// The next model is on disk.
  COMPLETED,
  /// Ended without a result.
  VOID;

  public boolean isOver() {
    return this == COMPLETED || this == VOID;
  }
}
