package ai.cifer.training.data;

import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.TrainingException;
import java.nio.file.Path;

/// What lies in a data file, before steps of preprocessing make a dataset of it.
public final class Table implements AutoCloseable {

  private final NpzDataset rows;

  private Table(NpzDataset rows) {
    this.rows = rows;
  }

  /// Opens one split of `file`.
  ///
  /// @throws TrainingException if the file or the split is missing or malformed
  public static Table open(Path file, Split split) throws TrainingException {
    return new Table(NpzDataset.open(file, split));
  }

  public long size() {
    return rows.size();
  }

  /// The examples that `steps` make of the rows; valid until this table is closed.
  ///
  /// @throws TrainingException if the rows do not fit the steps
  public Dataset prepared(Preprocessing steps) throws TrainingException {
    if (!steps.equals(Preprocessing.NONE)) {
      throw new TrainingException(
          "preprocessing: %s (expected: none)".formatted(steps.steps().getFirst().word()));
    }
    return rows;
  }

  @Override
  public void close() {
    rows.close();
  }
}
