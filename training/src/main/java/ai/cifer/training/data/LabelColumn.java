package ai.cifer.training.data;

import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Preprocessing.Label;
import ai.cifer.fedlearn.train.Preprocessing.Regression;
import ai.cifer.fedlearn.train.Target;
import ai.cifer.fedlearn.train.TrainingException;
import java.util.List;

/// The column that holds what is learnt.
final class LabelColumn {

  /// Labels above this are no classes but something else, such as a number to predict.
  static final int MAX_CLASSES = 1 << 16;

  private final Rows rows;
  private final int column;
  private final Column source;
  private final boolean numbers;
  private final int perExample;
  private final List<String> classes;

  LabelColumn(Rows rows, int column, Preprocessing steps) throws TrainingException {
    this.rows = rows;
    this.column = column;
    source = rows.columns().get(column);
    perExample = source.width();
    numbers = steps.steps().stream().anyMatch(Regression.class::isInstance);
    classes =
        steps.steps().stream()
            .filter(Label.class::isInstance)
            .map(step -> ((Label) step).classes())
            .findFirst()
            .orElse(List.of());
    boolean text = source.kind() == Column.Kind.CATEGORY || source.kind() == Column.Kind.TEXT;
    if (text && (numbers || classes.isEmpty())) {
      throw new TrainingException(
          "label %s: texts (expected: numbers, or a step label with the classes; found: %s)"
              .formatted(source.name(), source.categories().stream().limit(20).toList()));
    }
    if (source.missing() > 0) {
      throw new TrainingException(
          "label %s: %d are missing (expected: none)".formatted(source.name(), source.missing()));
    }
  }

  int column() {
    return column;
  }

  boolean isClasses() {
    return !numbers;
  }

  int perExample() {
    return perExample;
  }

  Target target(int found) {
    return numbers
        ? new Target.Numbers(perExample())
        : new Target.Classes(classes.isEmpty() ? found : classes.size(), perExample());
  }

  /// The classes of a row to `out[at...]`.
  ///
  /// @throws TrainingException naming the label that is no class
  void read(long row, float[] scratch, int[] out, int at) throws TrainingException {
    rows.read(row, column, scratch, 0);
    for (int i = 0; i < perExample; i++) {
      out[at + i] = label(row, scratch[i]);
    }
  }

  /// The numbers to predict of a row to `out[at...]`.
  void read(long row, float[] out, int at) throws TrainingException {
    rows.read(row, column, out, at);
  }

  private int label(long row, float value) throws TrainingException {
    if (!classes.isEmpty()) {
      int found = classes.indexOf(text(value));
      if (found < 0) {
        throw new TrainingException(
            "label: %s at index %d (expected: one of %s)".formatted(text(value), row, classes));
      }
      return found;
    }
    if (!(value >= 0 && value < MAX_CLASSES && value == (int) value)) {
      throw new TrainingException(
          "label: %s at index %d (expected: 0 to %d)".formatted(text(value), row, MAX_CLASSES - 1));
    }
    return (int) value;
  }

  private String text(float value) {
    if (!source.categories().isEmpty() && value >= 0 && value < source.categories().size()) {
      return source.categories().get((int) value);
    }
    return value == (long) value ? String.valueOf((long) value) : String.valueOf(value);
  }
}
