package ai.cifer.fedlearn.strategy;

/// What can be said of a strategy that withstands clients with wrong updates.
///
/// @param <B> the builder of one strategy
public abstract sealed class RobustBuilder<B extends RobustBuilder<B>> extends StrategyBuilder<B>
    permits Krum.Builder,
        MultiKrum.Builder,
        Bulyan.Builder,
        CoordinateMedian.Builder,
        TrimmedMean.Builder,
        GeometricMedian.Builder {

  private int maliciousClients = 1;

  RobustBuilder() {}

  /// How many clients of a round may send anything, the `f` of the papers; 1 by default.
  public B maliciousClients(int maliciousClients) {
    if (maliciousClients < 0) {
      throw new IllegalArgumentException(
          "malicious_clients: %d (expected: >= 0)".formatted(maliciousClients));
    }
    this.maliciousClients = maliciousClients;
    return self();
  }

  int maliciousClients() {
    return maliciousClients;
  }

  B from(StrategySettings settings) {
    train(settings.train());
    return maliciousClients(settings.count("malicious_clients", maliciousClients));
  }
}
