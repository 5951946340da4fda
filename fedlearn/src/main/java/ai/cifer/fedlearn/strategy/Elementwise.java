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
    float[] model = new float[CHUNK];
    float[] mean = new float[CHUNK];
    float[][] remembered = new float[memory.before().size()][CHUNK];
    long parameters = current.layout().parameters();
    for (long at = 0; at < parameters; at += CHUNK) {
      int count = (int) Math.min(CHUNK, parameters - at);
      current.read(at, model, count);
      sum.mean().read(at, mean, count);
      for (int i = 0; i < remembered.length; i++) {
        memory.before().get(i).read(at, remembered[i], count);
      }
      step(model, mean, remembered, count);
      out.write(at, model, count);
      for (int i = 0; i < remembered.length; i++) {
        memory.after().get(i).write(at, remembered[i], count);
      }
    }
  }
}
