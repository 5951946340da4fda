package ai.cifer.training.data;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Preprocessing.Resize;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What lies in a data file, as columns and rows: before steps of preprocessing make a dataset of
/// it.
///
/// Formats whose rows can be found in the file are mapped and cost no memory; others are decoded
/// once into a temporary file. Rows can be read in any order either way, so that a shuffled pass is
/// a random order of all examples, however large the file is.
public final class Table implements AutoCloseable {

  private final Rows rows;
  private final Split split;

  private Table(Rows rows, Split split) {
    this.rows = rows;
    this.split = split;
  }

  /// Opens one split of a file or folder.
  ///
  /// @throws TrainingException if it or the split is missing or malformed, or of an unknown format
  public static Table open(Path file, Split split) throws TrainingException {
    return new Table(DataFormats.of(file).open(file, split), split);
  }

  public List<Column> columns() {
    return rows.columns();
  }

  /// How many rows there are.
  public long size() {
    return rows.size();
  }

  Rows rows() {
    return rows;
  }

  /// The class of each row as the file has it: its number, or that of its text in
  /// [Column#categories()].
  ///
  /// @param column a name, or a number counted from 0; empty for the one that is the label by
  ///   itself
  /// @throws TrainingException if there is no such column, or a value is no class
  public int[] classes(Optional<String> column) throws TrainingException {
    int label = column.isPresent() ? Plan.column(rows, column.get()) : rows.label();
    if (label < 0) {
      throw new TrainingException(
          "label: no column is it by itself (expected: the name of one, of %s)"
              .formatted(columns().stream().map(Column::name).limit(50).toList()));
    }
    int[] classes = new int[Math.toIntExact(rows.size())];
    float[] value = new float[columns().get(label).width()];
    for (int row = 0; row < classes.length; row++) {
      rows.read(row, label, value, 0);
      int number = (int) value[0];
      if (value.length != 1
          || number != value[0]
          || number < 0
          || number >= LabelColumn.MAX_CLASSES) {
        throw new TrainingException(
            "label: %s at index %d (expected: one class, 0 to %d)"
                .formatted(value[0], row, LabelColumn.MAX_CLASSES - 1));
      }
      classes[row] = number;
    }
    return classes;
  }

  /// The examples that `steps` make of the rows; valid until this table is closed.
  ///
  /// @throws TrainingException if the rows do not fit the steps
  public Examples prepared(Preprocessing steps) throws TrainingException {
    Rows source = source(steps);
    return Examples.of(source, Plan.of(source, steps), split);
  }

  /// How many values of an example each of the steps changes that have no constants yet.
  ///
  /// @throws TrainingException if the rows do not fit the steps
  public List<Integer> measuredWidths(Preprocessing steps) throws TrainingException {
    return Measurement.widths(source(steps), steps);
  }

  /// What these rows say in a round that measures.
  ///
  /// @param before what earlier waves measured
  /// @param wave which is measured now
  /// @throws TrainingException if the rows do not fit the steps, or the round the rows
  public ClientUpdate measured(
      Preprocessing steps, Tensors before, int wave, Trainer.Progress progress)
      throws TrainingException {
    return new Measurement(source(steps), split, steps, before, wave).update(progress);
  }

  private Rows source(Preprocessing steps) throws TrainingException {
    Rows source = rows;
    for (Preprocessing.Step step : steps.steps()) {
      if (step instanceof Resize(int width, int height, int channels)) {
        if (!(source instanceof ImageRows images)) {
          throw new TrainingException("resize: data without images (expected: a folder of images)");
        }
        source = images.resized(new Images.Size(channels, height, width));
      }
    }
    return source;
  }

  @Override
  public void close() {
    rows.close();
  }
}
