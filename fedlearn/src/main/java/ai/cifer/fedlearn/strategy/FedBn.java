package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions.Buffers;

/// Federated averaging that leaves batch normalisation with each client [Li et al., 2021]: the
/// statistics and the weights of its layers stay local, so that clients whose inputs differ do not
/// disturb one another.
///
/// What stays is every layer with buffers, and the tensors that `local` of the config names; each
/// client says in its log which they are. The global model keeps the first values of them: its
/// quality is measured at the clients.
///
/// @see <a href="https://arxiv.org/abs/2102.07623">FedBN: Federated Learning on Non-IID Features
///   via Local Batch Normalization</a>
public final class FedBn extends Averaging {

  private FedBn(Builder builder) {
    super(builder, normalisedAtHome(builder.trainConfig()));
  }

  private static TrainConfig normalisedAtHome(TrainConfig train) {
    return train.withOptions(train.options().toBuilder().buffers(Buffers.LOCAL_LAYERS).build());
  }

  public static Builder builder() {
    return new Builder();
  }

  static FedBn from(StrategySettings settings) {
    return builder().from(settings).build();
  }

  @Override
  public String name() {
    return "fedbn";
  }

  /// Builds [FedBn].
  public static final class Builder extends ServerStepBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public FedBn build() {
      return new FedBn(this);
    }
  }
}
