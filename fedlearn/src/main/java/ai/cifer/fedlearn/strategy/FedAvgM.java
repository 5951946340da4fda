package ai.cifer.fedlearn.strategy;

import java.util.List;

/// Federated averaging with momentum at the server [Hsu, Qi, Brown, 2019]: `v' = beta * v + mean`,
/// `w' = w + lr * v'`. It evens out the changes of direction that clients with different data
/// cause.
///
/// Defaults: momentum `beta` 0.9 as in the paper's text, server learning rate 1. `v` starts at 0.
///
/// @see <a href="https://arxiv.org/abs/1909.06335">Measuring the Effects of Non-Identical Data
///   Distribution for Federated Visual Classification</a>
public final class FedAvgM extends Configured implements Elementwise {

  private final double serverLearningRate;
  private final double momentum;

  private FedAvgM(Builder builder) {
    super(builder);
    serverLearningRate = builder.serverLearningRate();
    momentum = builder.momentum;
  }

  public static Builder builder() {
    return new Builder();
  }

  static FedAvgM from(StrategySettings settings) {
    return builder().from(settings).momentum(settings.number("server_momentum", 0.9)).build();
  }

  @Override
  public String name() {
    return "fedavgm";
  }

  @Override
  public List<MemoryVector> memory() {
    return List.of(new MemoryVector("momentum", 0));
  }

  @Override
  public void step(float[] model, float[] mean, float[][] memory, int count) {
    float[] velocity = memory[0];
    for (int i = 0; i < count; i++) {
      double next = momentum * velocity[i] + mean[i];
      velocity[i] = (float) next;
      model[i] = (float) (model[i] + serverLearningRate * next);
    }
  }

  /// Builds [FedAvgM].
  public static final class Builder extends ServerStepBuilder<Builder> {
    private double momentum = 0.9;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// The share of the past, 0 to less than 1; 0.9 by default.
    public Builder momentum(double momentum) {
      this.momentum = decay("server_momentum", momentum);
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public FedAvgM build() {
      return new FedAvgM(this);
    }
  }
}
