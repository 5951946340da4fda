package ai.cifer.fedlearn.strategy;

/// What can be said of a strategy with an adaptive step at the server, FedAdagrad, FedAdam or
/// FedYogi [Reddi et al., 2021].
///
/// @param <B> the builder of one strategy
public abstract sealed class AdaptiveBuilder<B extends AdaptiveBuilder<B>>
    extends StrategyBuilder<B> permits FedAdagrad.Builder, FedAdam.Builder, FedYogi.Builder {

  private double serverLearningRate = 0.01;
  private double beta1;
  private double tau = 1e-3;

  AdaptiveBuilder(double beta1) {
    this.beta1 = beta1;
  }

  /// The size of a step whose direction is certain, > 0; 0.01 by default.
  public B serverLearningRate(double serverLearningRate) {
    this.serverLearningRate = positive("server_learning_rate", serverLearningRate);
    return self();
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

  double serverLearningRate() {
    return serverLearningRate;
  }

  double beta1() {
    return beta1;
  }

  double tau() {
    return tau;
  }

  /// Takes what a config says.
  B from(StrategySettings settings) {
    train(settings.train());
    serverLearningRate(settings.number("server_learning_rate", serverLearningRate));
    beta1(settings.number("beta1", beta1));
    return tau(settings.number("tau", tau));
  }
}
