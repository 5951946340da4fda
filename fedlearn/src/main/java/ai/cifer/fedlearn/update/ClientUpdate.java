package ai.cifer.fedlearn.update;

import ai.cifer.fedlearn.tensor.Tensors;

/// What local training changed: `delta = local - global`, and on how many examples. What a rule
/// makes of it before it is sent may have further tensors after those of the model.
///
/// It never leaves its client unprotected, except in the mode `none`.
///
/// @param delta same layout as the global model; owned by this update
/// @param examples the weight of the update in the mean, >= 1
/// @param steps how many steps of gradient descent it took; 0 where the trainer does not say
public record ClientUpdate(Tensors delta, long examples, long steps) implements AutoCloseable {

  /// Of a trainer that does not count its steps.
  public ClientUpdate(Tensors delta, long examples) {
    this(delta, examples, 0);
  }

  public ClientUpdate {
    if (examples < 1) {
      throw new IllegalArgumentException("examples: %d (expected: >= 1)".formatted(examples));
    }
    if (steps < 0) {
      throw new IllegalArgumentException("steps: %d (expected: >= 0)".formatted(steps));
    }
  }

  @Override
  public void close() {
    delta.close();
  }

  /// Without the values: an update is a secret of its client.
  @Override
  public String toString() {
    return "ClientUpdate[%s, %d examples]".formatted(delta.layout(), examples);
  }
}
