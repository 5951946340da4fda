package ai.cifer.fedlearn.strategy;

/// Federated averaging [McMahan et al., 2017], weighted by examples: `w' = w + lr * sum(n_i * (w_i
/// - w)) / sum(n_i)`, with a server learning rate `lr` of 1 unless it is set.
///
/// @see <a href="https://arxiv.org/abs/1602.05629">Communication-Efficient Learning of Deep
///   Networks from Decentralized Data</a>
public final class FedAvg extends Configured implements Elementwise {

  private final double serverLearningRate;

  private FedAvg(Builder builder) {
    super(builder);
    serverLearningRate = builder.serverLearningRate;
  }

  public static Builder builder() {
    return new Builder();
  }

  static FedAvg from(StrategySettings settings) {
    return builder()
        .train(settings.train())
        .serverLearningRate(settings.number("server_learning_rate", 1))
        .build();
  }

  @Override
  public String name() {
    return "fedavg";
  }

  /// Rounding: each value is computed in float64 and rounded once.
  @Override
  public void step(float[] model, float[] mean, float[][] memory, int count) {
    for (int i = 0; i < count; i++) {
      model[i] = (float) (model[i] + serverLearningRate * mean[i]);
    }
  }

  /// Builds [FedAvg].
  public static final class Builder extends StrategyBuilder<Builder> {
    private double serverLearningRate = 1;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// How much of the mean change is taken over, > 0; 1 by default.
    public Builder serverLearningRate(double serverLearningRate) {
      this.serverLearningRate = positive("server_learning_rate", serverLearningRate);
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public FedAvg build() {
      return new FedAvg(this);
    }
  }
}
