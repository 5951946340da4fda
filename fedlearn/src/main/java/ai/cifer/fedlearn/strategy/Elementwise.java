package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.WeightedSum;

/// A linear strategy whose step treats every value of the model alike; most are. Only [#step] is to
/// be written, on arrays, whatever the size of the model.
public interface Elementwise extends Strategy.Linear {

  /// How many values [#step] is given at a time, at most.
  int CHUNK = 1 << 14;

  /// Replaces the model's values and what is remembered by those after the round, in place.
  ///
  /// @param model values of the global model; what stands here afterwards is the next model
  /// @param mean the weighted mean of the clients' changes at the same places; may be overwritten
  /// @param memory one array for each vector of [#memory], at the same places; what stands here
  ///   afterwards is remembered
  /// @param count how many values of each array count
  void step(float[] model, float[] mean, float[][] memory, int count);

  @Override
  default void apply(Tensors current, WeightedSum sum, Memory memory, Tensors out) {
    Chunks.forEach(
        current,
        sum.mean(),
        1,
        memory,
        out,
        (model, means, remembered, count) -> step(model, means[0], remembered, count));
  }
}
