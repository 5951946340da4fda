package ai.cifer.cli.model;

import ai.cifer.cli.terminal.Table;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How far two models are apart, tensor by tensor.
///
/// @param equal whether both have the same tensors with the same values
/// @param onlyInFirst tensors that the second lacks
/// @param onlyInSecond tensors that the first lacks
/// @param tensors those in both, in the order of the first
public record ModelDifference(
    boolean equal,
    List<String> onlyInFirst,
    List<String> onlyInSecond,
    List<TensorDifference> tensors) {

  private static final int CHUNK = 1 << 14;

  /// @param shapes equal or not; the other fields are 0 if not
  /// @param largest absolute difference of two values
  /// @param relative the norm of the difference over the norm of the first
  public record TensorDifference(String name, boolean shapes, double largest, double relative) {}

  public static ModelDifference of(Tensors one, Tensors other) {
    Map<String, Integer> places = new HashMap<>();
    List<TensorSpec> specs = other.layout().tensors();
    for (int i = 0; i < specs.size(); i++) {
      places.put(specs.get(i).name(), i);
    }
    List<String> missing = new ArrayList<>();
    List<TensorDifference> tensors = new ArrayList<>();
    for (int i = 0; i < one.layout().tensors().size(); i++) {
      Integer place = places.remove(one.layout().tensors().get(i).name());
      if (place == null) {
        missing.add(one.layout().tensors().get(i).name());
      } else {
        tensors.add(difference(one, i, other, place));
      }
    }
    List<String> more = places.keySet().stream().sorted().toList();
    boolean equal =
        missing.isEmpty()
            && more.isEmpty()
            && tensors.stream().allMatch(each -> each.shapes() && each.largest() == 0);
    return new ModelDifference(equal, missing, more, tensors);
  }

  private static TensorDifference difference(Tensors one, int index, Tensors other, int place) {
    TensorSpec spec = one.layout().tensors().get(index);
    if (!spec.shape().equals(other.layout().tensors().get(place).shape())) {
      return new TensorDifference(spec.name(), false, 0, 0);
    }
    float[] left = new float[CHUNK];
    float[] right = new float[CHUNK];
    double largest = 0;
    double squares = 0;
    double norm = 0;
    for (long at = 0; at < spec.size(); at += CHUNK) {
      int count = (int) Math.min(CHUNK, spec.size() - at);
      one.read(one.layout().offset(index) + at, left, count);
      other.read(other.layout().offset(place) + at, right, count);
      for (int i = 0; i < count; i++) {
        double change = (double) right[i] - left[i];
        // What is not a number on one side only is infinitely far from the other.
        double apart =
            Float.compare(left[i], right[i]) == 0
                ? 0
                : Double.isNaN(change) ? Double.POSITIVE_INFINITY : Math.abs(change);
        largest = Math.max(largest, apart);
        squares += apart * apart;
        norm += (double) left[i] * left[i];
      }
    }
    return new TensorDifference(
        spec.name(), true, largest, squares == 0 ? 0 : Math.sqrt(squares / norm));
  }

  /// For people.
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(equal ? "equal" : "different");
    onlyInFirst.forEach(name -> lines.add("  only in the first: " + name));
    onlyInSecond.forEach(name -> lines.add("  only in the second: " + name));
    Table table = new Table("  tensor", ">largest difference", ">relative");
    for (TensorDifference tensor : tensors) {
      table.row(
          "  " + tensor.name(),
          tensor.shapes() ? figure(tensor.largest()) : "shapes differ",
          tensor.shapes() ? figure(tensor.relative()) : "");
    }
    lines.addAll(table.lines());
    return lines;
  }

  private static String figure(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.3g", value);
  }
}
