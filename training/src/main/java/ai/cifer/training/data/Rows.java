package ai.cifer.training.data;

import ai.cifer.fedlearn.train.TrainingException;
import java.util.List;

/// The rows of a data file, read in any order: what every format is turned into.
interface Rows extends AutoCloseable {

  List<Column> columns();

  long size();

  /// The column that is the label where no step says otherwise; -1 if there is none.
  int label();

  /// Whether the file says itself which examples are for testing.
  boolean divided();

  /// Copies the values of a column in a row to `out[at...]`; a missing one is not a number.
  ///
  /// @throws TrainingException if it cannot be read
  void read(long row, int column, float[] out, int at) throws TrainingException;

  @Override
  void close();
}
