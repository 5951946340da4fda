package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.update.WeightedSum;

/// How clients train and how their sum becomes the next global model.
///
/// Linear or robust is a type: a [Linear] strategy needs only the weighted sum and therefore works
/// on encrypted updates; one that must see single updates is another kind and cannot be handed a
/// sum.
public sealed interface Strategy permits Strategy.Linear {

  /// The word that chooses this strategy in a config, the paper's name in snake case.
  String name();

  /// How clients train in `round`, counted from 1.
  TrainConfig trainConfig(int round);

  /// Needs nothing but the weighted sum of a certified cohort.
  non-sealed interface Linear extends Strategy {

    /// Writes the next global model to `out`.
    ///
    /// Pure: reads its arguments by ranges and keeps no reference, so that it runs in constant
    /// memory on models of any size.
    ///
    /// @param current the model that the clients started from; not modified
    /// @param sum their weighted mean; not modified
    /// @param out same layout; every value is overwritten
    void apply(Tensors current, WeightedSum sum, Tensors out);
  }
}
