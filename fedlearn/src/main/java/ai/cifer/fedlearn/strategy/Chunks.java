package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;

/// Walks over the model, what the clients sent, and what a strategy remembers, side by side, in
/// arrays, whatever the size of the model.
final class Chunks {

  private Chunks() {}

  /// Replaces values in place.
  @FunctionalInterface
  interface Step {
    /// @param model values of the model; what stands here afterwards is the next model
    /// @param means values at the same places of each vector that the clients sent, their change
    ///   first; may be overwritten
    /// @param memory of each vector of the memory; what stands here afterwards is remembered
    void step(float[] model, float[][] means, float[][] memory, int count);
  }

  /// @param vectors how many vectors of the model's size `mean` begins with
  static void forEach(
      Tensors current, Tensors mean, int vectors, Memory memory, Tensors out, Step step) {
    float[] model = new float[Elementwise.CHUNK];
    float[][] means = new float[vectors][Elementwise.CHUNK];
    float[][] remembered = new float[memory.before().size()][Elementwise.CHUNK];
    long parameters = current.layout().parameters();
    for (long at = 0; at < parameters; at += Elementwise.CHUNK) {
      int count = (int) Math.min(Elementwise.CHUNK, parameters - at);
      current.read(at, model, count);
      for (int i = 0; i < vectors; i++) {
        mean.read(i * parameters + at, means[i], count);
      }
      for (int i = 0; i < remembered.length; i++) {
        memory.before().get(i).read(at, remembered[i], count);
      }
      step.step(model, means, remembered, count);
      out.write(at, model, count);
      for (int i = 0; i < remembered.length; i++) {
        memory.after().get(i).write(at, remembered[i], count);
      }
    }
  }

  /// The single number that clients sent beside one vector.
  static double number(Tensors current, Tensors mean) {
    return mean.get(current.layout().parameters());
  }
}
