package ai.cifer.fedlearn.strategy;

import java.util.Optional;

/// What can be said of a strategy that needs only the weighted sum. That it may be encrypted is
/// said here and not of robust ones, so that a robust strategy in an encrypted run does not
/// compile.
///
/// @param <B> the builder of one strategy
public abstract sealed class LinearBuilder<B extends LinearBuilder<B>> extends StrategyBuilder<B>
    permits ServerStepBuilder, FedDyn.Builder {

  private Optional<String> encryption = Optional.empty();

  LinearBuilder() {}

  /// Demands who can open an update, by the word of the config: `secure-aggregation`, `key-holder`,
  /// `ckks`, `paillier` or `none`. A run whose config says another is refused.
  public B encryption(String encryption) {
    this.encryption = Optional.of(encryption);
    return self();
  }

  @Override
  Optional<String> encryption() {
    return encryption;
  }
}
