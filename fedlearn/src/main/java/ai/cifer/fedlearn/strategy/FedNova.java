package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ClientRule;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.update.WeightedSum;

/// Normalised averaging [Wang et al., 2020]: clients that take more steps do not pull the model
/// towards their own optimum. Each sends its change for each step, `d_i`, and how many steps they
/// amount to, `a_i`: `w' = w + lr * mean(a_i) * mean(d_i)`, both weighted by examples.
///
/// With momentum or a proximal term `a_i` is what the paper's code counts. Default: server learning
/// rate 1. Buffers stay with the clients: steps do not move them, and what a client with few steps
/// says of a variance, times `mean(a_i)`, can make it negative.
///
/// @see <a href="https://arxiv.org/abs/2007.07481">Tackling the Objective Inconsistency Problem in
///   Heterogeneous Federated Optimization</a>
public final class FedNova extends Configured implements Strategy.Linear {

  private final double serverLearningRate;

  private FedNova(Builder builder) {
    super(builder, normalised(builder.trainConfig()));
    serverLearningRate = builder.serverLearningRate();
  }

  private static TrainConfig normalised(TrainConfig train) {
    return train.withOptions(train.options().withOwnBuffers()).withRule(new ClientRule.FedNova());
  }

  public static Builder builder() {
    return new Builder();
  }

  static FedNova from(StrategySettings settings) {
    return builder().from(settings).build();
  }

  @Override
  public String name() {
    return "fednova";
  }

  @Override
  public void apply(Tensors current, WeightedSum sum, Memory memory, Tensors out) {
    double factor = serverLearningRate * Chunks.number(current, sum.mean());
    Chunks.forEach(
        current,
        sum.mean(),
        1,
        memory,
        out,
        (model, means, remembered, count) -> {
          for (int i = 0; i < count; i++) {
            model[i] = (float) (model[i] + factor * means[0][i]);
          }
        });
  }

  /// Builds [FedNova].
  public static final class Builder extends ServerStepBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range, or the optimiser is not SGD
    public FedNova build() {
      return new FedNova(this);
    }
  }
}
