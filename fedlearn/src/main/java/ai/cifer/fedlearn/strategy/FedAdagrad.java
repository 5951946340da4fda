package ai.cifer.fedlearn.strategy;

/// Adagrad at the server [Reddi et al., 2021]: `v' = v + mean^2`: values that changed much take
/// ever smaller steps.
///
/// Defaults of the paper: `beta1` 0, `tau` 0.001; server learning rate 0.01.
///
/// @see <a href="https://arxiv.org/abs/2003.00295">Adaptive Federated Optimization</a>
public final class FedAdagrad extends Adaptive {

  private FedAdagrad(Builder builder) {
    super(builder);
  }

  public static Builder builder() {
    return new Builder();
  }

  static FedAdagrad from(StrategySettings settings) {
    return builder().from(settings).build();
  }

  @Override
  public String name() {
    return "fedadagrad";
  }

  @Override
  double secondMoment(double moment, double square) {
    return moment + square;
  }

  /// Builds [FedAdagrad].
  public static final class Builder extends AdaptiveBuilder<Builder> {
    private Builder() {
      super(0);
    }

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public FedAdagrad build() {
      return new FedAdagrad(this);
    }
  }
}
