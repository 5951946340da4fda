package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.rns.RnsPolynomial;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// A matrix, encoded by diagonals for [CkksEvaluator#transform].
///
/// `y = Σ_k diag_k ⊙ rot_k(x)`, where `diag_k[j] = M[j][j + k]`. With `k = g·n + b` (giant and baby
/// steps) only the rotations by `b < n`, hoisted, and by multiples of n are needed:
///
/// ```
/// y = Σ_g rot_{g·n}( Σ_b rot_{-g·n}(diag_{g·n+b}) ⊙ rot_b(x) )
/// ```
///
/// A matrix smaller than the slots acts on every one of the `slots/d` repetitions of a vector of
/// length d, d a power of two: encode the vector with [#repeat]. The result is repeated likewise.
///
/// Cost: about `2·sqrt(d)` rotations for d diagonals that are not zero, half of them hoisted, and d
/// products with plaintexts. Error: `‖M‖_∞` times that of the rotated x, the rounding of the
/// diagonals, and the errors of the giant steps' key switchings divided by the scale of the
/// diagonals.
///
/// @see <a href="https://eprint.iacr.org/2018/244">Faster Homomorphic Linear Transformations in
///   HElib</a>
public final class LinearTransform {
  private final CkksParameters parameters;
  private final int level;
  private final double scale;
  private final int babySteps;

  /// By giant step g·n, then by baby step b.
  private final NavigableMap<Integer, NavigableMap<Integer, CkksPlaintext>> diagonals;

  private LinearTransform(
      CkksParameters parameters,
      int level,
      double scale,
      int babySteps,
      NavigableMap<Integer, NavigableMap<Integer, CkksPlaintext>> diagonals) {
    this.parameters = parameters;
    this.level = level;
    this.scale = scale;
    this.babySteps = babySteps;
    this.diagonals = diagonals;
  }

  /// Encodes a matrix for ciphertexts of the canonical scale at a level.
  ///
  /// @param matrix rows of equal length; padded with zeros to a square whose side d is a power of
  ///   two, at most `slots`
  /// @param level at least 1
  public static LinearTransform of(CkksEncoder encoder, double[][] matrix, int level) {
    int dimension = dimension(matrix, encoder.parameters());
    int babySteps = babySteps(dimension);
    CkksParameters parameters = encoder.parameters();
    double scale =
        parameters.scale(level - 1) / parameters.scale(level) * parameters.rescaleDivisor(level);
    NavigableMap<Integer, NavigableMap<Integer, CkksPlaintext>> diagonals = new TreeMap<>();
    for (int k = 0; k < dimension; k++) {
      if (isZero(matrix, dimension, k)) {
        continue;
      }
      int giant = k / babySteps * babySteps;
      double[] diagonal = diagonal(matrix, dimension, k, giant, parameters.slots());
      diagonals
          .computeIfAbsent(giant, g -> new TreeMap<>())
          .put(k - giant, encoder.encode(diagonal, level, scale));
    }
    return new LinearTransform(parameters, level, scale, babySteps, diagonals);
  }

  private static int dimension(double[][] matrix, CkksParameters parameters) {
    int size = Math.max(matrix.length, matrix.length == 0 ? 0 : matrix[0].length);
    Require.range("matrix_side", size, 1, parameters.slots());
    for (double[] row : matrix) {
      Require.range("row_length", row.length, matrix[0].length, matrix[0].length);
    }
    return size == 1 ? 1 : Integer.highestOneBit(size - 1) * 2;
  }

  /// Hoisted baby steps cost about a third of a giant step, so there are more of them.
  private static int babySteps(int dimension) {
    int log = Integer.numberOfTrailingZeros(dimension);
    return 1 << ((log + 1) / 2);
  }

  private static double entry(double[][] matrix, int row, int column) {
    return row < matrix.length && column < matrix[row].length ? matrix[row][column] : 0;
  }

  private static boolean isZero(double[][] matrix, int dimension, int k) {
    for (int j = 0; j < dimension; j++) {
      if (entry(matrix, j, (j + k) % dimension) != 0) {
        return false;
      }
    }
    return true;
  }

  /// `rot_{-giant}(diag_k)`, repeated over all slots.
  private static double[] diagonal(double[][] matrix, int dimension, int k, int giant, int slots) {
    double[] diagonal = new double[slots];
    for (int j = 0; j < slots; j++) {
      int row = Math.floorMod(j - giant, dimension);
      diagonal[j] = entry(matrix, row, (row + k) % dimension);
    }
    return diagonal;
  }

  /// The rotations that a full matrix of a side needs.
  ///
  /// @param side of the matrix, before padding
  public static List<Integer> rotations(int side) {
    Require.range("matrix_side", side, 1, 1 << 15);
    int dimension = side == 1 ? 1 : Integer.highestOneBit(side - 1) * 2;
    int babySteps = babySteps(dimension);
    List<Integer> rotations = new ArrayList<>();
    for (int b = 1; b < babySteps; b++) {
      rotations.add(b);
    }
    for (int g = babySteps; g < dimension; g += babySteps) {
      rotations.add(g);
    }
    return rotations;
  }

  /// The rotations that this transform needs.
  public List<Integer> rotations() {
    NavigableSet<Integer> rotations = new TreeSet<>(babies());
    rotations.addAll(diagonals.keySet());
    rotations.remove(0);
    return List.copyOf(rotations);
  }

  private NavigableSet<Integer> babies() {
    NavigableSet<Integer> babies = new TreeSet<>();
    diagonals.values().forEach(row -> babies.addAll(row.keySet()));
    return babies;
  }

  /// Repeats a vector over all slots, padded with zeros to a power of two.
  ///
  /// @param side of the matrix that will be applied, at least the vector's length
  public static double[] repeat(double[] vector, int side, CkksParameters parameters) {
    Require.range("vector_length", vector.length, 0, side);
    int dimension = side == 1 ? 1 : Integer.highestOneBit(side - 1) * 2;
    double[] repeated = new double[parameters.slots()];
    for (int j = 0; j < repeated.length; j++) {
      int index = j % dimension;
      repeated[j] = index < vector.length ? vector[index] : 0;
    }
    return repeated;
  }

  /// The level of the ciphertexts that it is applied to.
  public int level() {
    return level;
  }

  /// Applies it to a ciphertext at its level.
  CkksCiphertext apply(CkksEvaluator evaluator, CkksCiphertext a) {
    Require.parameters(a.parameters(), parameters);
    NavigableSet<Integer> babies = babies();
    if (babies.isEmpty()) {
      throw new IllegalArgumentException(
          "matrix: zero (expected: an entry that is not); encrypt a fresh zero instead");
    }
    int[] steps = babies.stream().mapToInt(Integer::intValue).toArray();
    List<CkksCiphertext> rotated = evaluator.rotations(a, steps);
    CkksCiphertext sum = null;
    for (var giant : diagonals.entrySet()) {
      CkksCiphertext inner = inner(evaluator, a, rotated, babies, giant.getValue());
      CkksCiphertext term = evaluator.rotate(inner, giant.getKey());
      sum = sum == null ? term : evaluator.add(sum, term);
    }
    return evaluator.rescale(java.util.Objects.requireNonNull(sum));
  }

  private CkksCiphertext inner(
      CkksEvaluator evaluator,
      CkksCiphertext a,
      List<CkksCiphertext> rotated,
      NavigableSet<Integer> babies,
      NavigableMap<Integer, CkksPlaintext> row) {
    int primes = parameters.primes(level);
    RnsPolynomial[] sums = {
      RnsPolynomial.zero(primes, parameters.degree()),
      RnsPolynomial.zero(primes, parameters.degree())
    };
    row.forEach((b, diagonal) -> {
      CkksCiphertext x = rotated.get(babies.headSet(b).size());
      for (int i = 0; i < 2; i++) {
        evaluator.arithmetic().multiplyAddInto(x.polynomial(i), diagonal.polynomial(), sums[i]);
      }
    });
    return new CkksCiphertext(
        parameters, a.keyId(), List.of(sums[0], sums[1]), level, a.scale() * scale);
  }

  @Override
  public String toString() {
    return "LinearTransform("
        + parameters.name()
        + ", level "
        + level
        + ", "
        + diagonals.values().stream().mapToInt(java.util.Map::size).sum()
        + " diagonals, "
        + babySteps
        + " baby steps)";
  }
}
