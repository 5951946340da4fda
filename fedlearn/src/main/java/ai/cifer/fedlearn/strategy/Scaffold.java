package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ClientRule;
import ai.cifer.fedlearn.update.WeightedSum;
import java.util.List;

/// SCAFFOLD [Karimireddy et al., 2020], option II: control variates of the coordinator, `c`, and of
/// each client, `c_i`, take the drift out of the clients' steps, which go along `gradient + c -
/// c_i`.
///
/// Each client sends its change and its change for each step, `u_i`: `w' = w + lr *
/// mean(change_i)`, `c' = c - s * (c + mean(u_i) / lr_client)`, all clients alike, where `s` is the
/// part of all clients that took part. That is the paper's `c + s * mean(c_i' - c_i)`, since `c_i'
/// = c_i - c - u_i / lr_client`. `c` goes to the clients beside the model; a client keeps its `c_i`
/// on its disk.
///
/// Default: server learning rate 1, as in the paper's experiments; SGD without momentum.
///
/// @see <a href="https://arxiv.org/abs/1910.06378">SCAFFOLD: Stochastic Controlled Averaging for
///   Federated Learning</a>
public final class Scaffold extends Configured implements Strategy.Linear {

  private final double serverLearningRate;
  private final int allClients;

  private Scaffold(Builder builder) {
    super(builder, builder.trainConfig().withRule(new ClientRule.Scaffold()));
    serverLearningRate = builder.serverLearningRate();
    allClients = builder.allClients;
  }

  public static Builder builder() {
    return new Builder();
  }

  static Scaffold from(StrategySettings settings) {
    return builder().from(settings).allClients(settings.count("all_clients", 0)).build();
  }

  @Override
  public String name() {
    return "scaffold";
  }

  @Override
  public List<MemoryVector> memory() {
    return List.of(new MemoryVector("control", 0, true));
  }

  @Override
  public void apply(Tensors current, WeightedSum sum, Memory memory, Tensors out) {
    double part = Participation.part(sum.clients(), allClients);
    double clientRate = trainConfig(1).learningRate();
    Chunks.forEach(
        current,
        sum.mean(),
        2,
        memory,
        out,
        (model, means, remembered, count) -> {
          float[] control = remembered[0];
          for (int i = 0; i < count; i++) {
            model[i] = (float) (model[i] + serverLearningRate * means[0][i]);
            control[i] = (float) (control[i] - part * (control[i] + means[1][i] / clientRate));
          }
        });
  }

  /// Builds [Scaffold].
  public static final class Builder extends ServerStepBuilder<Builder> {
    private int allClients;

    private Builder() {}

    /// How many clients the federation has, the paper's N; 0, the default, for those of each round.
    public Builder allClients(int allClients) {
      this.allClients = Participation.requireClients(allClients);
      return this;
    }

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range, or the optimiser is not SGD
    ///   without momentum
    public Scaffold build() {
      return new Scaffold(this);
    }
  }
}
