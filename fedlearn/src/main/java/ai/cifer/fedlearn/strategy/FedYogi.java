package ai.cifer.fedlearn.strategy;

/// Yogi at the server [Reddi et al., 2021]: `v' = v - (1 - beta2) * mean^2 * sign(v - mean^2)`,
/// which lets the second moment fall slowly where Adam's would collapse.
///
/// Defaults of the paper: `beta1` 0.9, `beta2` 0.99, `tau` 0.001; server learning rate 0.01.
///
/// @see <a href="https://arxiv.org/abs/2003.00295">Adaptive Federated Optimization</a>
public final class FedYogi extends Adaptive {

  private final double beta2;

  private FedYogi(Builder builder) {
    super(builder);
    beta2 = builder.beta2();
  }

  public static Builder builder() {
    return new Builder();
  }

  static FedYogi from(StrategySettings settings) {
    return builder().from(settings).build();
  }

  @Override
  public String name() {
    return "fedyogi";
  }

  @Override
  double secondMoment(double moment, double square) {
    return moment - (1 - beta2) * square * Math.signum(moment - square);
  }

  /// Builds [FedYogi].
  public static final class Builder extends MomentsBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public FedYogi build() {
      return new FedYogi(this);
    }
  }
}
