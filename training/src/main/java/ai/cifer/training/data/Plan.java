package ai.cifer.training.data;

import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Preprocessing.Divide;
import ai.cifer.fedlearn.train.Preprocessing.Flatten;
import ai.cifer.fedlearn.train.Preprocessing.Impute;
import ai.cifer.fedlearn.train.Preprocessing.ImputeMean;
import ai.cifer.fedlearn.train.Preprocessing.Label;
import ai.cifer.fedlearn.train.Preprocessing.OneHot;
import ai.cifer.fedlearn.train.Preprocessing.Regression;
import ai.cifer.fedlearn.train.Preprocessing.Resize;
import ai.cifer.fedlearn.train.Preprocessing.Scale;
import ai.cifer.fedlearn.train.Preprocessing.Select;
import ai.cifer.fedlearn.train.Preprocessing.Standardize;
import ai.cifer.fedlearn.train.Preprocessing.Tokens;
import ai.cifer.fedlearn.train.TrainingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What steps of preprocessing mean for the columns of one file.
final class Plan {

  private final Rows rows;
  private final List<Feature> features = new ArrayList<>();
  private boolean flat;
  private @Nullable Divide divide;
  private LabelColumn label;

  /// All steps, after which there must be values to learn from.
  static Plan of(Rows rows, Preprocessing steps) throws TrainingException {
    Plan plan = new Plan(rows, steps);
    if (plan.features.isEmpty()) {
      throw new TrainingException("features: none (expected: a column beside the label)");
    }
    for (Feature feature : plan.features) {
      feature.complete();
    }
    return plan;
  }

  /// The first steps, after which more follow.
  Plan(Rows rows, Preprocessing steps) throws TrainingException {
    this.rows = rows;
    label = new LabelColumn(rows, chosenLabel(steps), steps);
    for (int column = 0; column < rows.columns().size(); column++) {
      if (column != label.column()) {
        features.add(new Feature(rows.columns().get(column), column));
      }
    }
    for (Preprocessing.Step step : steps.steps()) {
      apply(step);
    }
  }

  private int chosenLabel(Preprocessing steps) throws TrainingException {
    int chosen = rows.label();
    for (Preprocessing.Step step : steps.steps()) {
      if (step instanceof Label(String column, List<String> _)) {
        chosen = column(column);
      } else if (step instanceof Regression(String column)) {
        chosen = column(column);
      }
    }
    if (chosen < 0) {
      throw new TrainingException(
          "label: no column is it by itself (expected: a step label or target that names one of %s)"
              .formatted(names()));
    }
    return chosen;
  }

  private List<String> names() {
    return rows.columns().stream().map(Column::name).limit(50).toList();
  }

  private int column(String name) throws TrainingException {
    return column(rows, name);
  }

  /// @param name a column's name, or its number counted from 0
  static int column(Rows rows, String name) throws TrainingException {
    List<Column> columns = rows.columns();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    if (name.matches("[0-9]{1,6}") && Integer.parseInt(name) < columns.size()) {
      return Integer.parseInt(name);
    }
    throw new TrainingException(
        "column: %s (expected: one of %s)"
            .formatted(name, columns.stream().map(Column::name).limit(50).toList()));
  }

  private void apply(Preprocessing.Step step) throws TrainingException {
    switch (step) {
      case Select(List<String> columns) -> {
        List<Feature> selected = new ArrayList<>();
        for (String name : columns) {
          selected.add(feature(name));
        }
        features.clear();
        features.addAll(selected);
      }
      case Impute(List<String> columns, double value) -> {
        for (Feature feature : numbers(columns)) {
          feature.impute(Collections.nCopies(feature.width(), (float) value));
        }
      }
      case ImputeMean impute ->
          forEach(
              impute.columns(),
              impute.word(),
              impute.means(),
              (feature, from, to) -> feature.impute(impute.means().subList(from, to)));
      case Scale(List<String> columns, double low, double high) -> {
        for (Feature feature : numbers(columns)) {
          feature.scale((float) low, (float) (high - low));
        }
      }
      case Standardize standardize ->
          forEach(
              standardize.columns(),
              standardize.word(),
              standardize.means(),
              (feature, from, to) ->
                  feature.standardize(
                      (float) standardize.low(),
                      (float) standardize.high(),
                      standardize.means().subList(from, to),
                      standardize.deviations().subList(from, to)));
      case OneHot(String column, List<String> categories) -> feature(column).oneHot(categories);
      case Flatten _ -> flat = true;
      case Tokens _ -> features.forEach(Feature::keepWhole);
      case Divide each -> divide = each;
      case Label _, Regression _, Resize _ -> {}
    }
  }

  /// Takes a feature and which of the constants are those of its values.
  @FunctionalInterface
  private interface PartOfConstants {
    void accept(Feature feature, int from, int to);
  }

  private void forEach(List<String> columns, String word, List<Float> means, PartOfConstants sink)
      throws TrainingException {
    List<Feature> of = numbers(columns);
    int width = width(of);
    if (means.isEmpty()) {
      throw new TrainingException(
          "%s: no means (expected: %d, measured before the first round of a federation, or written)"
              .formatted(word, width));
    }
    if (means.size() != width) {
      throw new TrainingException(
          "%s: %d means (expected: %d, one for each value of %s)"
              .formatted(
                  word, means.size(), width, of.stream().limit(50).map(Feature::name).toList()));
    }
    int at = 0;
    for (Feature feature : of) {
      int to = at + feature.width();
      sink.accept(feature, at, to);
      at = to;
    }
  }

  /// How many values of an example they make.
  static int width(List<Feature> features) {
    return features.stream().mapToInt(Feature::width).reduce(0, Math::addExact);
  }

  private Feature feature(String name) throws TrainingException {
    int column = column(name);
    for (Feature feature : features) {
      if (feature.column() == column) {
        return feature;
      }
    }
    throw new TrainingException(
        "column: %s is no feature (expected: one of %s)"
            .formatted(name, features.stream().limit(50).map(Feature::name).toList()));
  }

  /// The named features; all that are numbers where none is named.
  List<Feature> numbers(List<String> names) throws TrainingException {
    List<Feature> found = new ArrayList<>();
    for (String name : names) {
      found.add(feature(name));
    }
    if (names.isEmpty()) {
      features.stream().filter(Feature::isNumber).forEach(found::add);
    }
    for (Feature feature : found) {
      feature.requireNumbers();
    }
    return found;
  }

  List<Feature> features() {
    return features;
  }

  LabelColumn label() {
    return label;
  }

  Optional<Divide> divide() {
    return Optional.ofNullable(divide);
  }

  /// One feature keeps its shape; several are joined.
  List<Integer> exampleShape() {
    int width = width(features);
    return features.size() == 1 && !flat ? features.getFirst().shape() : List.of(width);
  }
}
