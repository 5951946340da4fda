package ai.cifer.fedlearn.strategy;

/// What can be said of FedAdam and FedYogi, whose second moment is a running mean.
///
/// @param <B> the builder of one strategy
public abstract sealed class MomentsBuilder<B extends MomentsBuilder<B>> extends AdaptiveBuilder<B>
    permits FedAdam.Builder, FedYogi.Builder {

  private double beta2 = 0.99;

  MomentsBuilder() {
    super(0.9);
  }

  /// The share of the past in the mean of squared changes, 0 to less than 1; 0.99 by default.
  public B beta2(double beta2) {
    this.beta2 = decay("beta2", beta2);
    return self();
  }

  double beta2() {
    return beta2;
  }

  @Override
  B from(StrategySettings settings) {
    super.from(settings);
    return beta2(settings.number("beta2", beta2));
  }
}
