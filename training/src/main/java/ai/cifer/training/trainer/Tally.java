package ai.cifer.training.trainer;

import ai.cifer.fedlearn.train.Metrics;

/// Adds up loss and hits over batches, in double precision and in stored order.
final class Tally {

  private final int classes;
  private long examples;
  private long hits;
  private double loss;

  Tally(int classes) {
    this.classes = classes;
  }

  /// @param outputs before softmax, `labels.length * classes`
  void add(float[] outputs, int[] labels) {
    for (int i = 0; i < labels.length; i++) {
      int from = i * classes;
      int largest = 0;
      for (int c = 1; c < classes; c++) {
        largest = outputs[from + c] > outputs[from + largest] ? c : largest;
      }
      // Relative to the largest, so that no exponential overflows.
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += StrictMath.exp((double) outputs[from + c] - outputs[from + largest]);
      }
      loss += StrictMath.log(sum) + outputs[from + largest] - outputs[from + labels[i]];
      // Of outputs that are not finite none is the largest.
      hits += largest == labels[i] && Double.isFinite(sum) ? 1 : 0;
      examples++;
    }
  }

  long examples() {
    return examples;
  }

  Metrics metrics() {
    return new Metrics(examples, loss / examples, (double) hits / examples);
  }
}
