package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.List;

/// Squared Euclidean distances between updates, in float64; memory of one chunk a client, whatever
/// the size of the model.
final class Distances {

  private static final int CHUNK = 1 << 12;

  private Distances() {}

  /// Of each pair; symmetric, zeros on the diagonal. Costs n^2 / 2 passes over the values.
  static double[][] squared(List<ClientUpdate> updates) {
    int n = updates.size();
    double[][] squared = new double[n][n];
    Rows.forEach(
        updates,
        CHUNK,
        (at, rows, count) -> {
          for (int a = 0; a < n; a++) {
            for (int b = a + 1; b < n; b++) {
              squared[a][b] += squared(rows[a], rows[b], count);
            }
          }
        });
    for (int a = 0; a < n; a++) {
      for (int b = 0; b < a; b++) {
        squared[a][b] = squared[b][a];
      }
    }
    return squared;
  }

  /// Of each update from one point of the same layout.
  static double[] squared(List<ClientUpdate> updates, Tensors point) {
    double[] squared = new double[updates.size()];
    float[] there = new float[CHUNK];
    Rows.forEach(
        updates,
        CHUNK,
        (at, rows, count) -> {
          point.read(at, there, count);
          for (int i = 0; i < squared.length; i++) {
            squared[i] += squared(rows[i], there, count);
          }
        });
    return squared;
  }

  private static double squared(float[] a, float[] b, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }
}
