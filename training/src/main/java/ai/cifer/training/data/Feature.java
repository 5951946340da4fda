package ai.cifer.training.data;

import ai.cifer.fedlearn.train.TrainingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A column on its way to values of an example.
final class Feature {

  private final Column source;
  private final int column;
  private final int width;
  private final List<Change> changes = new ArrayList<>();
  private boolean ranged;
  private boolean imputed;
  private int @Nullable [] places;
  private int categories;

  /// Changes the values of one example in place.
  @FunctionalInterface
  private interface Change {
    void apply(float[] values, int from, int count) throws TrainingException;
  }

  Feature(Column source, int column) {
    this.source = source;
    this.column = column;
    width = source.width();
    ranged = source.kind().range() == 1;
  }

  String name() {
    return source.name();
  }

  int column() {
    return column;
  }

  /// How many values of an example it makes.
  int width() {
    return places == null ? width : categories;
  }

  List<Integer> shape() {
    return places == null && !source.shape().isEmpty() ? source.shape() : List.of(width());
  }

  boolean isNumber() {
    return switch (source.kind()) {
      case NUMBER, INTEGER, WIDE_INTEGER -> true;
      case CATEGORY, TEXT -> false;
    };
  }

  void requireNumbers() throws TrainingException {
    if (!isNumber()) {
      throw new TrainingException("column %s: %s (expected: numbers)".formatted(name(), shown()));
    }
  }

  private String shown() {
    return source.kind() == Column.Kind.TEXT
        ? "texts that differ"
        : "categories " + source.categories().stream().limit(20).toList();
  }

  /// @param values one for each value of this feature
  void impute(List<Float> values) {
    imputed = true;
    float[] instead = floats(values);
    changes.add((found, from, count) -> {
      for (int i = 0; i < count; i++) {
        found[from + i] = Float.isNaN(found[from + i]) ? instead[i] : found[from + i];
      }
    });
  }

  void scale(float low, float range) {
    ranged = true;
    changes.add((values, from, count) -> {
      for (int i = from; i < from + count; i++) {
        values[i] = (values[i] - low) / range;
      }
    });
  }

  void standardize(float low, float high, List<Float> means, List<Float> deviations) {
    ranged = true;
    float[] mean = floats(means);
    float[] deviation = floats(deviations);
    changes.add((values, from, count) -> {
      for (int i = 0; i < count; i++) {
        float value = Math.clamp(values[from + i], low, high);
        values[from + i] = (value - mean[i]) / deviation[i];
      }
    });
  }

  private static float[] floats(List<Float> values) {
    float[] out = new float[values.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = values.get(i);
    }
    return out;
  }

  void keepWhole() {
    ranged = true;
  }

  void oneHot(List<String> wanted) throws TrainingException {
    if (source.kind() != Column.Kind.CATEGORY) {
      throw new TrainingException(
          "one-hot: column %s: %s (expected: texts of which few differ)"
              .formatted(name(), isNumber() ? "numbers" : shown()));
    }
    places = source.categories().stream().mapToInt(wanted::indexOf).toArray();
    categories = wanted.size();
  }

  /// After the last step.
  ///
  /// @throws TrainingException if what it holds cannot be learnt from as it is
  void complete() throws TrainingException {
    if (places != null) {
      return;
    }
    if (!isNumber()) {
      throw new TrainingException(
          "column %s: %s (expected: numbers; add a step one-hot with its categories, or select other columns)"
              .formatted(name(), shown()));
    }
    if (source.missing() > 0 && !imputed) {
      throw new TrainingException(
          "column %s: %d values are missing (expected: none; add a step impute)"
              .formatted(name(), source.missing()));
    }
    if (!ranged) {
      changes.addFirst(this::toUnitRange);
    }
  }

  /// Pixels are divided by the range of their type, never by the values found: every participant
  /// must scale alike.
  private void toUnitRange(float[] values, int from, int count) throws TrainingException {
    float range = source.kind().range();
    for (int i = from; i < from + count; i++) {
      if (!(values[i] >= 0 && values[i] <= range)) {
        throw new TrainingException(
            "column %s: %s (expected: pixels of 0 to %s; add a step scale or tokens, or save floats)"
                .formatted(name(), values[i], range));
      }
      values[i] /= range;
    }
  }

  /// Reads the values of a row into `out[at...]`.
  void read(Rows rows, long row, float[] out, int at) throws TrainingException {
    rows.read(row, column, out, at);
    if (places != null) {
      float category = out[at];
      Arrays.fill(out, at, at + categories, 0);
      int place = Float.isNaN(category) ? -1 : places[(int) category];
      if (place >= 0) {
        out[at + place] = 1;
      }
      return;
    }
    for (Change change : changes) {
      change.apply(out, at, width());
    }
  }
}
