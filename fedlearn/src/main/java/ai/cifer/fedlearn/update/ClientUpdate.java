package ai.cifer.fedlearn.update;

import ai.cifer.fedlearn.tensor.Tensors;

/// What local training changed: `delta = local - global`, and on how many examples.
///
/// It never leaves its client unprotected, except in the mode `none`.
///
/// @param delta same layout as the global model; owned by this update
/// @param examples the weight of the update in the mean, >= 1
public record ClientUpdate(Tensors delta, long examples) implements AutoCloseable {

  public ClientUpdate {
    if (examples < 1) {
      throw new IllegalArgumentException("examples: %d (expected: >= 1)".formatted(examples));
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
