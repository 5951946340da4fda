package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.fedlearn.update.WeightedSum;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How clients train and how what they send becomes the next global model.
///
/// Linear or robust is a type: a [Linear] strategy needs only the weighted sum and therefore works
/// on encrypted updates; a [Robust] one must see single updates and cannot be handed a sum.
///
/// A strategy keeps nothing itself. What it remembers from round to round lies in its [Memory],
/// which the coordinator stores beside the model, so that a run that goes on after a crash goes on
/// exactly.
public sealed interface Strategy permits Strategy.Linear, Strategy.Robust {

  /// The word that chooses this strategy in a config, the paper's name in lower case.
  String name();

  /// How clients train in `round`, counted from 1.
  TrainConfig trainConfig(int round);

  /// The vectors that it remembers, each of the model's layout; none for most.
  default List<MemoryVector> memory() {
    return List.of();
  }

  /// Whether the run ends after these rounds, the first first, though more are planned; empty where
  /// the coordinator has no data.
  default boolean stops(List<Metrics> rounds) {
    return false;
  }

  /// The data that the coordinator evaluates on, where its config names none.
  default Optional<Path> dataPath() {
    return Optional.empty();
  }

  /// The initial model, where the coordinator's config names none.
  default Optional<Path> modelPath() {
    return Optional.empty();
  }

  /// Needs nothing but the weighted sum of a certified cohort.
  non-sealed interface Linear extends Strategy {

    /// Writes the next global model to `out`.
    ///
    /// Pure: reads its arguments by ranges and keeps no reference, so that it runs in constant
    /// memory on models of any size.
    ///
    /// @param current the model that the clients started from; not modified
    /// @param sum their weighted mean; not modified
    /// @param memory what it remembers: read from `before`, every value of `after` is overwritten
    /// @param out same layout; every value is overwritten
    void apply(Tensors current, WeightedSum sum, Memory memory, Tensors out);

    /// Who can open an update, by the word of the config, if the strategy demands that.
    default Optional<String> encryption() {
      return Optional.empty();
    }
  }

  /// Needs the updates one by one, so it runs only where the coordinator may read them
  /// (`"encryption": "none"`).
  non-sealed interface Robust extends Strategy {

    /// How many clients a cohort must have for the strategy's guarantee to mean anything.
    int minClients();

    /// Writes the next global model to `out`; pure, as [Linear#apply].
    ///
    /// @param current the model that the clients started from; not modified
    /// @param updates at least [#minClients], in ascending order of their clients' names; not
    ///   modified
    /// @param memory as for [Linear#apply]
    /// @param out same layout; every value is overwritten
    void apply(Tensors current, List<ClientUpdate> updates, Memory memory, Tensors out);
  }
}
