package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.List;

/// The geometric median by the smoothed Weiszfeld iteration [Pillutla et al., 2022, algorithm 2]:
/// `z' = sum(b_i * u_i) / sum(b_i)` with `b_i = n_i / max(nu, |z - u_i|)`, from the weighted mean.
final class WeiszfeldPoint {

  private static final int MAX_STEPS = 200;

  /// Where the paper leaves `nu` to the user: a millionth of the first root mean square distance
  /// keeps a weight finite at a point that coincides with an update.
  private static final double SMOOTHING = 1e-6;

  private static final double TOLERANCE = 1e-9;

  private WeiszfeldPoint() {}

  /// Writes the point to `out`.
  static void find(List<ClientUpdate> updates, Tensors out) {
    double[] weight = updates.stream().mapToDouble(ClientUpdate::examples).toArray();
    mean(updates, weight, out);
    double[] squared = Distances.squared(updates, out);
    double spread = Math.sqrt(Rows.mean(squared.clone()));
    if (spread == 0) {
      return;
    }
    for (int step = 0; step < MAX_STEPS; step++) {
      for (int i = 0; i < weight.length; i++) {
        weight[i] = updates.get(i).examples() / Math.max(SMOOTHING * spread, Math.sqrt(squared[i]));
      }
      double moved = mean(updates, weight, out);
      if (Math.sqrt(moved) < TOLERANCE * spread) {
        return;
      }
      squared = Distances.squared(updates, out);
    }
  }

  /// Writes the weighted mean to `out`.
  ///
  /// @return the squared distance from what stood there
  private static double mean(List<ClientUpdate> updates, double[] weight, Tensors out) {
    double total = 0;
    for (double each : weight) {
      total += each;
    }
    double divisor = total;
    double[] moved = new double[1];
    float[] before = new float[Elementwise.CHUNK];
    Rows.forEach(
        updates,
        before.length,
        (at, rows, count) -> {
          out.read(at, before, count);
          for (int i = 0; i < count; i++) {
            double sum = 0;
            for (int row = 0; row < rows.length; row++) {
              sum += weight[row] * rows[row][i];
            }
            double difference = sum / divisor - before[i];
            moved[0] += difference * difference;
            before[i] = (float) (sum / divisor);
          }
          out.write(at, before, count);
        });
    return moved[0];
  }
}
