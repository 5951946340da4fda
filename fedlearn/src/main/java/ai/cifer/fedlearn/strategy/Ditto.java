package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.train.ClientRule;

/// Federated averaging, beside which every client trains a model of its own that is pulled towards
/// the global one [Li et al., 2021]: `v = v - lr * (gradient(v) + lambda * (v - w_global))`. The
/// personal model never leaves the client; it lies in its `state_path`.
///
/// Default `lambda` 1: the paper looks among 0.05, 0.1, 0.2, 1 and 2.
///
/// @see <a href="https://arxiv.org/abs/2012.04221">Ditto: Fair and Robust Federated Learning
///   Through Personalization</a>
public final class Ditto extends Averaging {

  private Ditto(Builder builder) {
    super(builder, builder.trainConfig().withRule(new ClientRule.Ditto(builder.lambda)));
  }

  public static Builder builder() {
    return new Builder();
  }

  static Ditto from(StrategySettings settings) {
    return builder().from(settings).lambda(settings.number("lambda", 1)).build();
  }

  @Override
  public String name() {
    return "ditto";
  }

  /// Builds [Ditto].
  public static final class Builder extends ServerStepBuilder<Builder> {
    private double lambda = 1;

    private Builder() {}

    /// The pull of the personal models, >= 0; 1 by default.
    public Builder lambda(double lambda) {
      this.lambda = lambda;
      return this;
    }

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public Ditto build() {
      return new Ditto(this);
    }
  }
}
