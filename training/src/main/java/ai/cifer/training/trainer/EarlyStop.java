package ai.cifer.training.trainer;

/// Ends the epochs of a round when the loss falls no more.
final class EarlyStop {

  private final int patience;
  private double sum;
  private long examples;
  private double best = Double.POSITIVE_INFINITY;
  private int without;

  /// @param patience epochs without a smaller loss; 0 for never
  EarlyStop(int patience) {
    this.patience = patience;
  }

  /// Whether losses are of any use; reading one waits for the engine.
  boolean isAsked() {
    return patience > 0;
  }

  void add(double loss, int size) {
    sum += loss * size;
    examples += size;
  }

  void endEpoch() {
    double mean = sum / examples;
    without = mean < best ? 0 : without + 1;
    best = Math.min(best, mean);
    sum = 0;
    examples = 0;
  }

  boolean isOver() {
    return patience > 0 && without >= patience;
  }
}
