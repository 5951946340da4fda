package ai.cifer.homocryption;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEncoder;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The product of a plain matrix and an encrypted vector, by diagonals and baby-step giant-step
/// [1].
///
/// With `C` and `R` the columns and rows rounded up to powers of two and M padded with zeros,
/// diagonal i is `d_i[j] = M[j mod R][(i + j) mod C]`, j below `max(R, C)`, i below `min(R, C)`. As
/// the vector x has period C in the slots, `y = Σ_i d_i ∘ rot_i(x)` holds in slot j a part of row
/// `j mod R`; for R < C the parts are added by rotations by R, 2R, … C/2, and y has period R [2].
///
/// With i = g·b + k the rotations are b - 1 baby steps of x, hoisted, and one giant step for each
/// g: `y = Σ_g rot_gb( Σ_k rot_-gb(d_gb+k) ∘ rot_k(x) )`, b a power of two near `sqrt(min(R, C))`.
///
/// [1] Halevi, Shoup, Faster Homomorphic Linear Transformations in HElib,
/// <https://eprint.iacr.org/2018/244> [2] Juvekar, Vaikuntanathan, Chandrakasan, GAZELLE,
/// <https://eprint.iacr.org/2018/073>, 4.3
final class MatrixDiagonals {
  private final double[][] matrix;
  private final int firstRow;
  private final int firstColumn;
  private final int rows;
  private final int columns;
  private final Shape shape;
  private final int slots;

  /// The sizes that rotations follow from.
  private record Shape(int rowPeriod, int columnPeriod) {
    static Shape of(int rows, int columns, int slots) {
      return new Shape(Packing.of(rows, slots).period(), Packing.of(columns, slots).period());
    }

    int diagonals() {
      return Math.min(rowPeriod, columnPeriod);
    }

    int length() {
      return Math.max(rowPeriod, columnPeriod);
    }

    int babySteps() {
      int logDiagonals = Integer.numberOfTrailingZeros(diagonals());
      return 1 << ((logDiagonals + 1) / 2);
    }

    void addSteps(Set<Integer> steps) {
      IntStream.range(1, babySteps()).forEach(steps::add);
      for (int giant = babySteps(); giant < diagonals(); giant += babySteps()) {
        steps.add(giant);
      }
      RotationPlan.addDoubling(steps, rowPeriod, columnPeriod);
    }
  }

  /// @param matrix whose block of at most slots by slots begins at firstRow, firstColumn
  MatrixDiagonals(double[][] matrix, int firstRow, int firstColumn, int slots) {
    this.matrix = matrix;
    this.slots = slots;
    this.firstRow = firstRow;
    this.firstColumn = firstColumn;
    this.rows = Math.min(slots, matrix.length - firstRow);
    this.columns = Math.min(slots, matrix[0].length - firstColumn);
    this.shape = Shape.of(matrix.length, matrix[0].length, slots);
  }

  static void addSteps(Set<Integer> steps, int rows, int columns, int slots) {
    Shape.of(rows, columns, slots).addSteps(steps);
  }

  static Set<Integer> steps(int rows, int columns, int slots) {
    Set<Integer> steps = new TreeSet<>();
    addSteps(steps, rows, columns, slots);
    return steps;
  }

  /// `M·v`, whatever the numbers of ciphertexts on both sides.
  ///
  /// @param operation for messages
  static EncryptedVector product(String operation, double[][] matrix, EncryptedVector v) {
    CkksContext context = v.context();
    int rows = matrix.length;
    int columns = v.length();
    int slots = context.slots();
    context.requireRotations(
        "%s of %d x %d".formatted(operation, rows, columns),
        MatrixDiagonals.steps(rows, columns, slots),
        RotationPlan.none().withMatrix(rows, columns));
    EncryptedVector x = v.relinearized();
    List<CkksCiphertext> parts = x.ciphertexts();
    x.requireLevels(operation, 1);
    CkksEvaluator evaluator = context.evaluator();
    double scale = evaluator.plaintextScale(parts.getFirst());
    Packing result = Packing.of(rows, slots);
    @Nullable CkksCiphertext[] sums = new CkksCiphertext[result.pieces()];
    for (int c = 0; c < parts.size(); c++) {
      List<CkksCiphertext> babies =
          new MatrixDiagonals(matrix, 0, c * slots, slots).babies(evaluator, parts.get(c));
      for (int r = 0; r < sums.length; r++) {
        CkksCiphertext block =
            new MatrixDiagonals(matrix, r * slots, c * slots, slots)
                .multiply(evaluator, context.encoder(), babies, scale);
        CkksCiphertext sum = sums[r];
        sums[r] =
            sum == null || block == null ? (sum == null ? block : sum) : evaluator.add(sum, block);
      }
    }
    MatrixDiagonals shape = new MatrixDiagonals(matrix, 0, 0, slots);
    List<CkksCiphertext> out = new ArrayList<>(sums.length);
    for (CkksCiphertext sum : sums) {
      CkksCiphertext whole =
          sum == null ? context.zero(x.level(), parts.getFirst().scale() * scale) : sum;
      out.add(shape.fold(evaluator, evaluator.rescale(whole)));
    }
    return new EncryptedVector(context, result, out);
  }

  /// The baby steps of x, for use with every block of a column of blocks.
  List<CkksCiphertext> babies(CkksEvaluator evaluator, CkksCiphertext x) {
    return evaluator.rotations(x, IntStream.range(0, shape.babySteps()).toArray());
  }

  /// The sum of the products before it is rescaled and folded; null if the block is zero.
  @Nullable CkksCiphertext multiply(
      CkksEvaluator evaluator, CkksEncoder encoder, List<CkksCiphertext> babies, double scale) {
    int step = shape.babySteps();
    CkksCiphertext sum = null;
    for (int giant = 0; giant < shape.diagonals(); giant += step) {
      CkksCiphertext inner = null;
      for (int k = 0; k < Math.min(step, shape.diagonals() - giant); k++) {
        double[] diagonal = diagonal(giant + k, giant);
        if (diagonal != null) {
          CkksCiphertext baby = babies.get(k);
          CkksCiphertext product =
              evaluator.multiply(baby, encoder.encode(diagonal, baby.level(), scale));
          inner = inner == null ? product : evaluator.add(inner, product);
        }
      }
      if (inner != null) {
        CkksCiphertext rotated = evaluator.rotate(inner, giant);
        sum = sum == null ? rotated : evaluator.add(sum, rotated);
      }
    }
    return sum;
  }

  /// Adds the parts of each row.
  CkksCiphertext fold(CkksEvaluator evaluator, CkksCiphertext parts) {
    CkksCiphertext sum = parts;
    for (int step = shape.rowPeriod(); step < shape.columnPeriod(); step *= 2) {
      sum = evaluator.add(sum, evaluator.rotate(sum, step));
    }
    return sum;
  }

  /// Diagonal i, rotated to the right, in all slots; null if it is zero.
  private double @Nullable [] diagonal(int i, int right) {
    int length = shape.length();
    double[] out = new double[slots];
    boolean zero = true;
    for (int j = 0; j < length; j++) {
      int at = (j - right) & (length - 1);
      int row = at & (shape.rowPeriod() - 1);
      int column = (i + at) & (shape.columnPeriod() - 1);
      double value =
          row < rows && column < columns ? matrix[firstRow + row][firstColumn + column] : 0;
      zero &= value == 0;
      out[j] = value;
    }
    if (zero) {
      return null;
    }
    for (int at = length; at < slots; at += length) {
      System.arraycopy(out, 0, out, at, length);
    }
    return out;
  }
}
