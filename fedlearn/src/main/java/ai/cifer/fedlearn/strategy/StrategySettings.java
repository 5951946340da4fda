package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.train.TrainConfig;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a config says of its strategy: `strategy_settings`, numbers by name, and how clients train.
/// A strategy of one's own gets it in its constructor.
///
/// Every setting that is asked for is known; [#requireKnown] then refuses the others, so a misspelt
/// name never goes unnoticed.
public final class StrategySettings {
  private final TrainConfig train;
  private final Map<String, Double> values;
  private final Set<String> known = new TreeSet<>();

  public StrategySettings(TrainConfig train, Map<String, Double> values) {
    this.train = train;
    this.values = new TreeMap<>(values);
  }

  /// How clients train: `learning_rate`, `batch_size`, `local_epochs`, `seed` of the config.
  public TrainConfig train() {
    return train;
  }

  /// A number, or `otherwise` where the config does not say.
  public double number(String name, double otherwise) {
    known.add(name);
    return values.getOrDefault(name, otherwise);
  }

  /// A whole number of at least 0, or `otherwise` where the config does not say.
  ///
  /// @throws IllegalArgumentException if it is not whole
  public int count(String name, int otherwise) {
    double value = number(name, otherwise);
    if (value != Math.rint(value) || value < 0 || value > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%s: %s (expected: a whole number >= 0)".formatted(name, value));
    }
    return (int) value;
  }

  /// To be called when the strategy has asked for all that it knows.
  ///
  /// @throws IllegalArgumentException if the config sets something else
  public void requireKnown(String strategy) {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "strategy_settings: unknown key %s (known of %s: %s)"
                .formatted(name, strategy, known.isEmpty() ? "none" : String.join(", ", known)));
      }
    }
  }
}
