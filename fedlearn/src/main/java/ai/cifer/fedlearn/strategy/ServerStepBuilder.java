package ai.cifer.fedlearn.strategy;

/// What can be said of a strategy whose coordinator makes a step of a chosen size.
///
/// @param <B> the builder of one strategy
public abstract sealed class ServerStepBuilder<B extends ServerStepBuilder<B>>
    extends LinearBuilder<B>
    permits AdaptiveBuilder,
        Ditto.Builder,
        FedAvg.Builder,
        FedAvgM.Builder,
        FedBn.Builder,
        FedNova.Builder,
        FedProx.Builder,
        FedSgd.Builder,
        QFedAvg.Builder,
        Scaffold.Builder {

  private double serverLearningRate;

  ServerStepBuilder() {
    this(1);
  }

  ServerStepBuilder(double serverLearningRate) {
    this.serverLearningRate = serverLearningRate;
  }

  /// The size of the coordinator's step, > 0. By default 1, which takes over what the clients agree
  /// on, and 0.01 for FedAdagrad, FedAdam and FedYogi.
  public B serverLearningRate(double serverLearningRate) {
    this.serverLearningRate = positive("server_learning_rate", serverLearningRate);
    return self();
  }

  double serverLearningRate() {
    return serverLearningRate;
  }

  /// Takes what a config says.
  B from(StrategySettings settings) {
    train(settings.train());
    return serverLearningRate(settings.number("server_learning_rate", serverLearningRate));
  }
}
