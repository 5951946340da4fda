package ai.cifer.fedlearn.strategy;

/// Adam at the server [Reddi et al., 2021]: `v' = beta2 * v + (1 - beta2) * mean^2`.
///
/// Defaults of the paper: `beta1` 0.9, `beta2` 0.99, `tau` 0.001; server learning rate 0.01.
///
/// @see <a href="https://arxiv.org/abs/2003.00295">Adaptive Federated Optimization</a>
public final class FedAdam extends Adaptive {

  private final double beta2;

  private FedAdam(Builder builder) {
    super(builder);
    beta2 = builder.beta2();
  }

  public static Builder builder() {
    return new Builder();
  }

  static FedAdam from(StrategySettings settings) {
    return builder().from(settings).build();
  }

  @Override
  public String name() {
    return "fedadam";
  }

  @Override
  double secondMoment(double moment, double square) {
    return beta2 * moment + (1 - beta2) * square;
  }

  /// Builds [FedAdam].
  public static final class Builder extends MomentsBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public FedAdam build() {
      return new FedAdam(this);
    }
  }
}
