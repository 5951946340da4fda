package ai.cifer.homocryption;

import ai.cifer.homocryption.ckks.CkksSecretKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/// An encrypted matrix of real numbers: one [EncryptedVector] for each column, as tables of data
/// are (a column for each feature, its elements the examples).
///
/// So `matmul` with plain factors needs no rotation at all, and a column is had for nothing.
/// Encrypted factors cost `log2` rotations for each of their elements.
///
/// | operation | levels | rotation keys |
/// |---|---|---|
/// | `plus`, `minus`, `negated` | 0 | none |
/// | `times`, `polynomial` | as of vectors | none |
/// | `matmul` with an array | 1 | none |
/// | `matmul` with an encrypted vector or matrix | 2 | `withSums(columns)` |
/// | `rowSums` | 0 | none |
/// | `columnSums` | 1 | `withSums(rows)` |
/// | `sum` | 0 | `withSums(rows)` |
/// | `transposedMatmul` | 2 | `withSums(rows)` |
///
/// Immutable; thread-safe.
public final class EncryptedMatrix {
  private final CkksContext context;
  private final List<EncryptedVector> columns;

  /// @param columns of one length; brought to one level if they are of different ones
  EncryptedMatrix(CkksContext context, List<EncryptedVector> columns) {
    int level = columns.stream().mapToInt(EncryptedVector::level).min().orElseThrow();
    this.context = context;
    this.columns = columns.stream().map(column -> column.atLevel(level)).toList();
  }

  /// The length of all rows.
  ///
  /// @throws ShapeMismatch if there is no row, or lengths differ
  static int columnsOf(double[][] rows) {
    if (rows.length == 0 || rows[0].length == 0) {
      throw new ShapeMismatch("matrix: empty (expected: at least one row and one column)");
    }
    for (int i = 1; i < rows.length; i++) {
      if (rows[i].length != rows[0].length) {
        throw new ShapeMismatch(
            "row %d: length %d (expected: %d, that of row 0)"
                .formatted(i, rows[i].length, rows[0].length));
      }
    }
    return rows[0].length;
  }

  /// Number of rows.
  public int rows() {
    return columns.getFirst().length();
  }

  /// Number of columns.
  public int columns() {
    return columns.size();
  }

  /// Products that can still follow each other.
  public int level() {
    return columns.getFirst().level();
  }

  /// What it was encrypted with.
  public CkksContext context() {
    return context;
  }

  /// One column.
  ///
  /// @param index 0 to columns - 1
  public EncryptedVector column(int index) {
    return columns.get(index);
  }

  /// `this + other`, element by element; no level.
  public EncryptedMatrix plus(EncryptedMatrix other) {
    return combined("plus", other, EncryptedVector::plus);
  }

  /// `this + other`, element by element; no level.
  public EncryptedMatrix plus(double[][] other) {
    return combined("plus", other, EncryptedVector::plus);
  }

  /// Adds one number to each element; no level.
  public EncryptedMatrix plus(double value) {
    return mapped(column -> column.plus(value));
  }

  /// `this - other`, element by element; no level.
  public EncryptedMatrix minus(EncryptedMatrix other) {
    return combined("minus", other, EncryptedVector::minus);
  }

  /// `this - other`, element by element; no level.
  public EncryptedMatrix minus(double[][] other) {
    return combined("minus", other, EncryptedVector::minus);
  }

  /// Subtracts one number from each element; no level.
  public EncryptedMatrix minus(double value) {
    return mapped(column -> column.minus(value));
  }

  /// `-this`; no level.
  public EncryptedMatrix negated() {
    return mapped(EncryptedVector::negated);
  }

  /// `this · other`, element by element; one level. For the product of matrices see [#matmul].
  public EncryptedMatrix times(EncryptedMatrix other) {
    return combined("times", other, EncryptedVector::times);
  }

  /// `this · other`, element by element; one level.
  public EncryptedMatrix times(double[][] other) {
    return combined("times", other, EncryptedVector::times);
  }

  /// Multiplies each element by one number; one level.
  public EncryptedMatrix times(double value) {
    return mapped(column -> column.times(value));
  }

  /// The polynomial `c_0 + c_1·x + …` of each element; as [EncryptedVector#polynomial(double...)].
  public EncryptedMatrix polynomial(double... coefficients) {
    return mapped(column -> column.polynomial(coefficients));
  }

  /// `M·v`, this matrix times a plain vector; one level, no rotation.
  ///
  /// @param vector as many elements as this has columns; not modified
  /// @return as many elements as this has rows
  public EncryptedVector matmul(double[] vector) {
    requireSize("matmul, vector", vector.length, columns());
    EncryptedVector sum = null;
    for (int j = 0; j < vector.length; j++) {
      if (vector[j] != 0) {
        EncryptedVector product = columns.get(j).scaled(vector[j]);
        sum = sum == null ? product : sum.addedRaw(product);
      }
    }
    return sum == null ? columns.getFirst().zeros() : sum.relinearized();
  }

  /// `M·v`, this matrix times an encrypted vector; two levels.
  ///
  /// Cost: `log2(columns)` rotations for each column, and one product; relinearized once.
  ///
  /// @param vector as many elements as this has columns
  /// @throws ai.cifer.homocryption.ckks.MissingKey without the rotations of `withSums(columns)`
  public EncryptedVector matmul(EncryptedVector vector) {
    requireSize("matmul, vector", vector.length(), columns());
    EncryptedVector sum = null;
    for (int j = 0; j < columns(); j++) {
      EncryptedVector product = columns.get(j).multiplied(vector.element(j));
      sum = sum == null ? product : sum.addedRaw(product);
    }
    return java.util.Objects.requireNonNull(sum).relinearized();
  }

  /// `M·B`, this matrix times a plain one; one level, no rotation.
  ///
  /// @param matrix as many rows as this has columns; not modified
  public EncryptedMatrix matmul(double[][] matrix) {
    int width = columnsOf(matrix);
    requireSize("matmul, rows of the other matrix", matrix.length, columns());
    List<EncryptedVector> out = new ArrayList<>(width);
    for (int k = 0; k < width; k++) {
      out.add(matmul(columnOf(matrix, k)));
    }
    return new EncryptedMatrix(context, out);
  }

  /// `M·B`, this matrix times an encrypted one; two levels.
  ///
  /// @param matrix as many rows as this has columns
  /// @throws ai.cifer.homocryption.ckks.MissingKey without the rotations of `withSums(columns)`
  public EncryptedMatrix matmul(EncryptedMatrix matrix) {
    requireSize("matmul, rows of the other matrix", matrix.rows(), columns());
    return new EncryptedMatrix(context, matrix.columns.stream().map(this::matmul).toList());
  }

  /// `Mᵀ·v`, for example a gradient of examples' residuals; two levels, one for the inner products
  /// and one to put them side by side.
  ///
  /// @param vector as many elements as this has rows
  /// @return as many elements as this has columns
  /// @throws ai.cifer.homocryption.ckks.MissingKey without the rotations of `withSums(rows)`
  public EncryptedVector transposedMatmul(EncryptedVector vector) {
    requireSize("transposedMatmul, vector", vector.length(), rows());
    return sideBySide(columns.stream().map(column -> column.dot(vector)).toList());
  }

  /// The sum of each row, a vector of [#rows] elements; no level, no rotation.
  public EncryptedVector rowSums() {
    return columns.stream().reduce(EncryptedVector::plus).orElseThrow();
  }

  /// The sum of each column, a vector of [#columns] elements; one level.
  ///
  /// @throws ai.cifer.homocryption.ckks.MissingKey without the rotations of `withSums(rows)`
  public EncryptedVector columnSums() {
    return sideBySide(columns.stream().map(EncryptedVector::sum).toList());
  }

  /// The sum of all elements, a vector of length 1; no level.
  ///
  /// @throws ai.cifer.homocryption.ckks.MissingKey without the rotations of `withSums(rows)`
  public EncryptedVector sum() {
    return rowSums().sum();
  }

  /// Vectors of length 1 as one vector; one level.
  private EncryptedVector sideBySide(List<EncryptedVector> numbers) {
    EncryptedVector sum = null;
    for (int j = 0; j < numbers.size(); j++) {
      EncryptedVector alone = numbers.get(j).placed(j, numbers.size());
      sum = sum == null ? alone : sum.addedRaw(alone);
    }
    return java.util.Objects.requireNonNull(sum).relinearized();
  }

  /// Decrypts; see [EncryptedVector#decrypt] for what may be done with the result.
  ///
  /// @return rows
  public double[][] decrypt(CkksSecretKey secretKey) {
    double[][] out = new double[rows()][columns()];
    for (int j = 0; j < columns(); j++) {
      double[] column = columns.get(j).decrypt(secretKey);
      for (int i = 0; i < column.length; i++) {
        out[i][j] = column[i];
      }
    }
    return out;
  }

  private EncryptedMatrix mapped(UnaryOperator<EncryptedVector> function) {
    return new EncryptedMatrix(context, columns.stream().map(function).toList());
  }

  private EncryptedMatrix combined(
      String operation, EncryptedMatrix other, BinaryOperator<EncryptedVector> operator) {
    requireShape(operation, other.rows(), other.columns());
    List<EncryptedVector> out = new ArrayList<>(columns());
    for (int j = 0; j < columns(); j++) {
      out.add(operator.apply(columns.get(j), other.columns.get(j)));
    }
    return new EncryptedMatrix(context, out);
  }

  /// An operation of a column with an array.
  @FunctionalInterface
  private interface ArrayOperation {
    EncryptedVector apply(EncryptedVector column, double[] values);
  }

  private EncryptedMatrix combined(String operation, double[][] other, ArrayOperation operator) {
    requireShape(operation, other.length, columnsOf(other));
    List<EncryptedVector> out = new ArrayList<>(columns());
    for (int j = 0; j < columns(); j++) {
      out.add(operator.apply(columns.get(j), columnOf(other, j)));
    }
    return new EncryptedMatrix(context, out);
  }

  private static double[] columnOf(double[][] rows, int j) {
    double[] column = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      column[i] = rows[i][j];
    }
    return column;
  }

  private void requireShape(String operation, int otherRows, int otherColumns) {
    if (otherRows != rows() || otherColumns != columns()) {
      throw new ShapeMismatch(
          "%s: %d x %d (expected: %d x %d, the shape of the encrypted matrix)"
              .formatted(operation, otherRows, otherColumns, rows(), columns()));
    }
  }

  private static void requireSize(String what, int actual, int expected) {
    if (actual != expected) {
      throw new ShapeMismatch("%s: %d (expected: %d)".formatted(what, actual, expected));
    }
  }

  /// Names shape, parameters and level, never contents.
  @Override
  public String toString() {
    return "EncryptedMatrix(%d x %d, %s, level %d of %d)"
        .formatted(
            rows(), columns(), context.parameters().name(), level(), context.parameters().depth());
  }
}
