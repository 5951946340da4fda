package ai.cifer.fedlearn.strategy;

/// What can be said of a strategy with an adaptive step at the server, FedAdagrad, FedAdam or
/// FedYogi [Reddi et al., 2021].
///
/// @param <B> the builder of one strategy
public abstract sealed class AdaptiveBuilder<B extends AdaptiveBuilder<B>>
    extends ServerStepBuilder<B> permits FedAdagrad.Builder, MomentsBuilder {

  private double beta1;
  private double tau = 1e-3;

  AdaptiveBuilder(double beta1) {
    super(0.01);
    this.beta1 = beta1;
  }

  /// The share of the past in the mean of the changes, 0 to less than 1; 0.9 by default, 0 for
  /// FedAdagrad.
  public B beta1(double beta1) {
    this.beta1 = decay("beta1", beta1);
    return self();
  }

  /// How adaptive: the larger, the more alike are the steps of all values; > 0, 0.001 by default.
  public B tau(double tau) {
    this.tau = positive("tau", tau);
    return self();
  }

  double beta1() {
    return beta1;
  }

  double tau() {
    return tau;
  }

  @Override
  B from(StrategySettings settings) {
    super.from(settings);
    beta1(settings.number("beta1", beta1));
    return tau(settings.number("tau", tau));
  }
}
