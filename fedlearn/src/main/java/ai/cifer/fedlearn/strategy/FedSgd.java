package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.train.TrainConfig;

/// One step of gradient descent on the data of all clients in each round [McMahan et al., 2017]:
/// every client sends the step along the gradient of all its examples. It is the baseline that
/// FedAvg saves rounds against.
///
/// `batch_size` says only how many examples are looked at together; `local_epochs` is 1.
///
/// @see <a href="https://arxiv.org/abs/1602.05629">Communication-Efficient Learning of Deep
///   Networks from Decentralized Data</a>
public final class FedSgd extends Averaging {

  private FedSgd(Builder builder) {
    super(builder, whole(builder.trainConfig()));
  }

  private static TrainConfig whole(TrainConfig train) {
    return train
        .withLocalEpochs(1)
        .withOptions(train.options().toBuilder().accumulate(true).build());
  }

  public static Builder builder() {
    return new Builder();
  }

  static FedSgd from(StrategySettings settings) {
    return builder().from(settings).build();
  }

  @Override
  public String name() {
    return "fedsgd";
  }

  /// Builds [FedSgd].
  public static final class Builder extends ServerStepBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public FedSgd build() {
      return new FedSgd(this);
    }
  }
}
