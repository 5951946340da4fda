package ai.cifer.homocryption.threshold;

import java.util.List;

/// The shares of all parties, each of them what its party had committed to. Only [CommitThenOpen]
/// makes one, so a key cannot be aggregated from anything else. Immutable.
///
/// @param <S> the kind of share
public final class OpenedShares<S extends KeyShare> {
  private final List<S> shares;

  OpenedShares(List<S> shares) {
    this.shares = shares;
  }

  /// In the order of the parties.
  List<S> shares() {
    return shares;
  }

  /// The session that all belong to.
  ThresholdSession session() {
    return shares.getFirst().session();
  }

  @Override
  public String toString() {
    return "OpenedShares(" + shares.getFirst().step() + ", " + shares.size() + ")";
  }
}
