package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.List;

/// Walks over the values of several updates side by side.
final class Rows {

  private Rows() {}

  @FunctionalInterface
  interface Visitor {
    /// @param at the first position
    /// @param rows the values from there on, an array for each update; may be overwritten
    void visit(long at, float[][] rows, int count);
  }

  @FunctionalInterface
  interface Centre {
    /// @param column one value of each update; may be reordered
    double of(double[] column);
  }

  static void forEach(List<ClientUpdate> updates, int chunk, Visitor visitor) {
    float[][] rows = new float[updates.size()][chunk];
    long parameters = updates.getFirst().delta().layout().parameters();
    for (long at = 0; at < parameters; at += chunk) {
      int count = (int) Math.min(chunk, parameters - at);
      for (int i = 0; i < rows.length; i++) {
        updates.get(i).delta().read(at, rows[i], count);
      }
      visitor.visit(at, rows, count);
    }
  }

  /// Writes `current` plus, value by value, the centre of the updates.
  static void addCentre(Tensors current, List<ClientUpdate> updates, Tensors out, Centre centre) {
    int chunk = 1 << 12;
    float[] model = new float[chunk];
    double[] column = new double[updates.size()];
    forEach(
        updates,
        chunk,
        (at, rows, count) -> {
          current.read(at, model, count);
          for (int i = 0; i < count; i++) {
            for (int row = 0; row < column.length; row++) {
              column[row] = rows[row][i];
            }
            model[i] = (float) (model[i] + centre.of(column));
          }
          out.write(at, model, count);
        });
  }

  static double mean(double[] column) {
    double sum = 0;
    for (double value : column) {
      sum += value;
    }
    return sum / column.length;
  }
}
