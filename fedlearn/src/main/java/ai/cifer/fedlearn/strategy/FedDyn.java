package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ClientRule;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.update.WeightedSum;
import java.util.List;

/// FedDyn [Acar et al., 2021]: each client's loss is changed a little in every round, so that what
/// all clients find together is where the loss of all data is smallest. A client's steps go along
/// `gradient - g_i + alpha * (w - w_global)`, after which `g_i' = g_i - alpha * change_i`; it keeps
/// `g_i` on its disk.
///
/// At the coordinator `h' = h - s * mean(change_i)`, `w' = w + mean(change_i) - h'`, all clients
/// alike, where `s` is the part of all clients that took part; this `h` is the paper's divided by
/// `alpha`.
///
/// Default `alpha` 0.01, as the paper's code. Buffers stay with the clients: nothing minimises
/// them, and `h` would drive them away.
///
/// @see <a href="https://arxiv.org/abs/2111.04263">Federated Learning Based on Dynamic
///   Regularization</a>
public final class FedDyn extends Configured implements Strategy.Linear {

  private final int allClients;

  private FedDyn(Builder builder) {
    super(builder, dynamic(builder.trainConfig(), builder.alpha));
    allClients = builder.allClients;
  }

  private static TrainConfig dynamic(TrainConfig train, double alpha) {
    return train
        .withOptions(train.options().withOwnBuffers())
        .withRule(new ClientRule.FedDyn(alpha));
  }

  public static Builder builder() {
    return new Builder();
  }

  static FedDyn from(StrategySettings settings) {
    return builder()
        .train(settings.train())
        .alpha(settings.number("alpha", 0.01))
        .allClients(settings.count("all_clients", 0))
        .build();
  }

  @Override
  public String name() {
    return "feddyn";
  }

  @Override
  public List<MemoryVector> memory() {
    return List.of(new MemoryVector("drift", 0));
  }

  @Override
  public void apply(Tensors current, WeightedSum sum, Memory memory, Tensors out) {
    double part = Participation.part(sum.clients(), allClients);
    Chunks.forEach(
        current,
        sum.mean(),
        1,
        memory,
        out,
        (model, means, remembered, count) -> {
          float[] drift = remembered[0];
          for (int i = 0; i < count; i++) {
            double next = drift[i] - part * means[0][i];
            drift[i] = (float) next;
            model[i] = (float) (model[i] + means[0][i] - next);
          }
        });
  }

  /// Builds [FedDyn].
  public static final class Builder extends LinearBuilder<Builder> {
    private double alpha = 0.01;
    private int allClients;

    private Builder() {}

    /// How strongly clients are pulled together, > 0; 0.01 by default.
    public Builder alpha(double alpha) {
      this.alpha = positive("alpha", alpha);
      return this;
    }

    /// How many clients the federation has, the paper's m; 0, the default, for those of each round.
    public Builder allClients(int allClients) {
      this.allClients = Participation.requireClients(allClients);
      return this;
    }

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public FedDyn build() {
      return new FedDyn(this);
    }
  }
}
