package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ClientRule;
import ai.cifer.fedlearn.update.WeightedSum;

/// q-FedAvg [Li et al., 2020]: clients on which the model is bad count more, so that all get a
/// model of similar quality. With the loss `F_i` of the global model on the client's data each
/// sends `F_i^q
/// * change_i` and `h_i = F_i^q + q * F_i^(q-1) * |change_i|^2 / lr_client`: `w' = w + lr *
///   mean(F_i^q * change_i) / mean(h_i)`, all clients alike.
///
/// Default `q` 1, the paper's choice on two of its four data sets; 0 is the plain mean. The paper's
/// `L` is `1 / lr_client`.
///
/// @see <a href="https://arxiv.org/abs/1905.10497">Fair Resource Allocation in Federated
///   Learning</a>
public final class QFedAvg extends Configured implements Strategy.Linear {

  private final double serverLearningRate;

  private QFedAvg(Builder builder) {
    super(builder, builder.trainConfig().withRule(new ClientRule.QFedAvg(builder.q)));
    serverLearningRate = builder.serverLearningRate();
  }

  public static Builder builder() {
    return new Builder();
  }

  static QFedAvg from(StrategySettings settings) {
    return builder().from(settings).q(settings.number("q", 1)).build();
  }

  @Override
  public String name() {
    return "qfedavg";
  }

  @Override
  public void apply(Tensors current, WeightedSum sum, Memory memory, Tensors out) {
    double divisor = Chunks.number(current, sum.mean());
    // Where all losses are zero there is nothing to learn, and nothing to divide by.
    double factor = divisor > 0 ? serverLearningRate / divisor : 0;
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

  /// Builds [QFedAvg].
  public static final class Builder extends ServerStepBuilder<Builder> {
    private double q = 1;

    private Builder() {}

    /// How much more clients with a large loss count, >= 0; 1 by default.
    public Builder q(double q) {
      this.q = q;
      return this;
    }

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public QFedAvg build() {
      return new QFedAvg(this);
    }
  }
}
