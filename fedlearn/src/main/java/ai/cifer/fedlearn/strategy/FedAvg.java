package ai.cifer.fedlearn.strategy;

/// Federated averaging [McMahan et al., 2017], weighted by examples: `w' = w + lr * sum(n_i * (w_i
/// - w)) / sum(n_i)`, with a server learning rate `lr` of 1 unless it is set.
///
/// @see <a href="https://arxiv.org/abs/1602.05629">Communication-Efficient Learning of Deep
///   Networks from Decentralized Data</a>
public final class FedAvg extends Averaging {

  private FedAvg(Builder builder) {
    super(builder, builder.trainConfig());
  }

  public static Builder builder() {
    return new Builder();
  }

  static FedAvg from(StrategySettings settings) {
    return builder().from(settings).build();
  }

  @Override
  public String name() {
    return "fedavg";
  }

  /// Builds [FedAvg].
  public static final class Builder extends ServerStepBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public FedAvg build() {
      return new FedAvg(this);
    }
  }
}
