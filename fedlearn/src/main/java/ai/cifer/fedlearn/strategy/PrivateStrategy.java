package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.privacy.UpdatePrivacy;
import ai.cifer.fedlearn.privacy.UpdatePrivacy.Scope;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.fedlearn.update.WeightedSum;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Any strategy, on updates that differential privacy protects. What a strategy makes of such
/// updates costs no further privacy. In a config `privacy` does the same.
///
/// Clients count alike, whatever they have examples.
public final class PrivateStrategy {

  private PrivateStrategy() {}

  /// A linear strategy with privacy against whoever reads single updates, or sums.
  ///
  /// @throws IllegalArgumentException if the strategy needs more of a client than its change
  public static Strategy.Linear around(Strategy.Linear inner, UpdatePrivacy privacy) {
    Linear made = new Linear(inner, privacy);
    made.trainConfig(1).requireFits();
    return made;
  }

  /// A robust strategy. It sees single updates, so only these can be private.
  ///
  /// @throws IllegalArgumentException if the scope is not local
  public static Strategy.Robust around(Strategy.Robust inner, UpdatePrivacy privacy) {
    if (privacy.scope() != Scope.LOCAL) {
      throw new IllegalArgumentException(
          "scope: central with strategy %s (expected: local, as it sees single updates)"
              .formatted(inner.name()));
    }
    return new Robust(inner, privacy);
  }

  private record Linear(Strategy.Linear inner, UpdatePrivacy privacy) implements Strategy.Linear {
    @Override
    public String name() {
      return inner.name();
    }

    @Override
    public TrainConfig trainConfig(int round) {
      return inner.trainConfig(round).withPrivacy(privacy);
    }

    @Override
    public List<MemoryVector> memory() {
      return inner.memory();
    }

    @Override
    public boolean stops(List<Metrics> rounds) {
      return inner.stops(rounds);
    }

    @Override
    public Optional<Path> dataPath() {
      return inner.dataPath();
    }

    @Override
    public Optional<Path> modelPath() {
      return inner.modelPath();
    }

    @Override
    public Optional<String> encryption() {
      return inner.encryption();
    }

    @Override
    public void apply(Tensors current, WeightedSum sum, Memory memory, Tensors out) {
      inner.apply(current, sum, memory, out);
    }
  }

  private record Robust(Strategy.Robust inner, UpdatePrivacy privacy) implements Strategy.Robust {
    @Override
    public String name() {
      return inner.name();
    }

    @Override
    public TrainConfig trainConfig(int round) {
      return inner.trainConfig(round).withPrivacy(privacy);
    }

    @Override
    public List<MemoryVector> memory() {
      return inner.memory();
    }

    @Override
    public boolean stops(List<Metrics> rounds) {
      return inner.stops(rounds);
    }

    @Override
    public Optional<Path> dataPath() {
      return inner.dataPath();
    }

    @Override
    public Optional<Path> modelPath() {
      return inner.modelPath();
    }

    @Override
    public int minClients() {
      return inner.minClients();
    }

    @Override
    public void apply(Tensors current, List<ClientUpdate> updates, Memory memory, Tensors out) {
      inner.apply(current, updates, memory, out);
    }
  }
}
