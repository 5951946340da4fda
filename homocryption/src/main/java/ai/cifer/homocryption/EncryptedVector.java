package ai.cifer.homocryption;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksPlaintext;
import ai.cifer.homocryption.ckks.CkksPolynomial;
import ai.cifer.homocryption.ckks.CkksSecretKey;
import ai.cifer.homocryption.ckks.LevelExhausted;
import ai.cifer.homocryption.ckks.ValueOutOfRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.BinaryOperator;

/// An encrypted vector of real numbers of any length, with the operations of a plain one.
///
/// Operands are encrypted vectors, arrays and numbers. A vector of length 1 goes with any other, as
/// a number does. Levels, scales, relinearization and packing are managed: operands of different
/// levels are brought together, products are relinearized and rescaled.
///
/// | operation | levels | rotation keys |
/// |---|---|---|
/// | `plus`, `minus`, `negated` | 0 | none |
/// | `times`, `squared` | 1 | none |
/// | `polynomial` of degree d | ⌈log2(d + 1)⌉ | none |
/// | `sum` | 0 | [RotationPlan#withSums(int)] |
/// | `dot` | 1 | [RotationPlan#withSums(int)] |
/// | `matmul`, `premultiply` | 1 | [RotationPlan#withMatrix] |
///
/// Errors are those of the operations of [CkksEvaluator], and grow with the values: an error of
/// 2^-25 on a number around 1 is 2^-15 on one around 1000. Numbers must stay below [#largestValue],
/// or the decryption is refused.
///
/// Immutable; thread-safe.
public final class EncryptedVector {
  private static final double SAME = 0x1p-40;

  private final CkksContext context;
  private final Packing packing;
  private final List<CkksCiphertext> parts;

  /// @param parts one for each piece, of one level and scale
  EncryptedVector(CkksContext context, Packing packing, List<CkksCiphertext> parts) {
    this.context = context;
    this.packing = packing;
    this.parts = List.copyOf(parts);
  }

  /// Number of elements.
  public int length() {
    return packing.length();
  }

  /// Products that can still follow each other.
  public int level() {
    return parts.getFirst().level();
  }

  /// What it was encrypted with.
  public CkksContext context() {
    return context;
  }

  /// The ciphertexts, for operations of [CkksEvaluator] that vectors do not have. Each holds as
  /// many elements as there are slots, a shorter vector repeated with a period of the next power of
  /// two.
  public List<CkksCiphertext> ciphertexts() {
    return parts;
  }

  /// Below this magnitude numbers surely decrypt at this level: half the modulus over the scale.
  public double largestValue() {
    return context.parameters().modulus(level()).doubleValue() / 2 / parts.getFirst().scale();
  }

  /// `this + other`, element by element; no level.
  ///
  /// @param other of the same length, or of length 1
  public EncryptedVector plus(EncryptedVector other) {
    return added("plus", other, context.evaluator()::add);
  }

  /// `this + other`, element by element; no level.
  ///
  /// @param other of the same length; not modified
  public EncryptedVector plus(double[] other) {
    requireLength("plus", other.length);
    EncryptedVector a = relinearized();
    return a.mapped(
        (part, piece) -> context.evaluator().add(part, a.encoded(other, piece, part.scale())));
  }

  /// Adds one number to each element; no level.
  public EncryptedVector plus(double value) {
    EncryptedVector a = relinearized();
    double[] values = packing.isPadded(packing.pieces() - 1) ? packing.filled(value) : null;
    return a.mapped((part, piece) ->
        values == null || !packing.isPadded(piece)
            ? context.evaluator().add(part, value)
            : context.evaluator().add(part, a.encoded(values, piece, part.scale())));
  }

  /// `this - other`, element by element; no level.
  ///
  /// @param other of the same length, or of length 1
  /// @throws ai.cifer.homocryption.ckks.TransparentCiphertext if it is the same ciphertext
  public EncryptedVector minus(EncryptedVector other) {
    return added("minus", other, context.evaluator()::subtract);
  }

  /// `this - other`, element by element; no level.
  ///
  /// @param other of the same length; not modified
  public EncryptedVector minus(double[] other) {
    return plus(Arrays.stream(other).map(value -> -value).toArray());
  }

  /// Subtracts one number from each element; no level.
  public EncryptedVector minus(double value) {
    return plus(-value);
  }

  /// `-this`; no level.
  public EncryptedVector negated() {
    return mapped((part, _) -> context.evaluator().negate(part));
  }

  private EncryptedVector added(
      String operation, EncryptedVector other, BinaryOperator<CkksCiphertext> operator) {
    requireTogether(operation, other);
    EncryptedVector a = relinearized().broadcast(other);
    EncryptedVector b = other.relinearized().broadcast(a);
    int level = Math.min(a.level(), b.level());
    EncryptedVector one = a.atLevel(level);
    EncryptedVector two = b.atLevel(level);
    return one.mapped((part, piece) -> operator.apply(part, two.parts.get(piece)));
  }

  /// `this · other`, element by element; one level.
  ///
  /// @param other of the same length, or of length 1
  /// @throws LevelExhausted if no level is left
  public EncryptedVector times(EncryptedVector other) {
    return multiplied(other).relinearized();
  }

  /// `this²`, element by element; one level.
  ///
  /// @throws LevelExhausted if no level is left
  public EncryptedVector squared() {
    return times(this);
  }

  /// `this · other`, element by element; one level.
  ///
  /// @param other of the same length; not modified
  /// @throws LevelExhausted if no level is left
  /// @throws ai.cifer.homocryption.ckks.TransparentCiphertext if all are zero
  public EncryptedVector times(double[] other) {
    requireLength("times", other.length);
    return relinearized().weighted("times", other).rescaled();
  }

  /// Multiplies each element by one number; one level.
  ///
  /// @throws LevelExhausted if no level is left
  /// @throws ai.cifer.homocryption.ckks.TransparentCiphertext if the number is zero
  public EncryptedVector times(double value) {
    return scaled(value).rescaled();
  }

  /// The product before relinearization and rescaling.
  EncryptedVector multiplied(EncryptedVector other) {
    requireTogether("times", other);
    EncryptedVector a = relinearized();
    EncryptedVector b = other == this ? a : other.relinearized();
    int level = Math.min(a.level(), b.level());
    a.requireLevels("times", 1);
    b.requireLevels("times", 1);
    EncryptedVector one = a.atLevel(level);
    EncryptedVector two = a == b ? one : b.atLevel(level);
    EncryptedVector shape = length() == 1 ? two : one;
    return shape.mapped((_, piece) ->
        context
            .evaluator()
            .multiply(
                one.parts.get(one.length() == 1 ? 0 : piece),
                two.parts.get(two.length() == 1 ? 0 : piece)));
  }

  /// The product with a number before rescaling.
  EncryptedVector scaled(double value) {
    EncryptedVector a = relinearized();
    a.requireLevels("times", 1);
    return a.mapped((part, _) -> context.evaluator().multiply(part, value));
  }

  /// The sum of two products of one level before relinearization and rescaling.
  EncryptedVector addedRaw(EncryptedVector other) {
    return mapped((part, piece) -> context.evaluator().add(part, other.parts.get(piece)));
  }

  /// Fresh zeros, where a product with zeros would show its message.
  EncryptedVector zeros() {
    CkksContext c = context;
    return relinearized().mapped((part, _) -> c.zero(part.level(), part.scale()));
  }

  /// One element, a vector of length 1; one level.
  EncryptedVector element(int index) {
    double[] mask = new double[length()];
    mask[index] = 1;
    return dot(mask);
  }

  /// This vector of length 1 as one element of a vector of zeros, before rescaling.
  EncryptedVector placed(int index, int newLength) {
    Packing target = Packing.of(newLength, context.slots());
    double[] mask = new double[newLength];
    mask[index] = 1;
    EncryptedVector a = relinearized();
    return new EncryptedVector(
            context, target, Collections.nCopies(target.pieces(), a.parts.getFirst()))
        .weighted("the columns side by side", mask);
  }

  /// The product with an array before rescaling. Pieces of zeros become fresh encryptions of zero.
  EncryptedVector weighted(String operation, double[] weights) {
    requireLevels(operation, 1);
    CkksEvaluator evaluator = context.evaluator();
    boolean allZero = Arrays.stream(weights).allMatch(weight -> weight == 0);
    return mapped((part, piece) -> {
      double[] slots = packing.slotsOf(weights, piece);
      double scale = evaluator.plaintextScale(part);
      if (!allZero && Arrays.stream(slots).allMatch(weight -> weight == 0)) {
        return context.zero(part.level(), part.scale() * scale);
      }
      return evaluator.multiply(part, context.encoder().encode(slots, part.level(), scale));
    });
  }

  /// The inner product with another encrypted vector, a vector of length 1; one level.
  ///
  /// @param other of the same length
  /// @throws ai.cifer.homocryption.ckks.MissingKey without the rotations of `withSums`
  public EncryptedVector dot(EncryptedVector other) {
    requireLength("dot", other.length());
    requireSums("dot");
    return multiplied(other).folded().relinearized().summedSlots();
  }

  /// The inner product with an array, a vector of length 1; one level.
  ///
  /// @param other of the same length; not modified
  /// @throws ai.cifer.homocryption.ckks.MissingKey without the rotations of `withSums`
  public EncryptedVector dot(double[] other) {
    requireLength("dot", other.length);
    requireSums("dot");
    return relinearized().weighted("dot", other).folded().rescaled().summedSlots();
  }

  /// The sum of all elements, a vector of length 1; no level.
  ///
  /// Cost: `log2` of the length rotations.
  ///
  /// @throws ai.cifer.homocryption.ckks.MissingKey without the rotations of `withSums`
  public EncryptedVector sum() {
    requireSums("sum");
    return relinearized().folded().summedSlots();
  }

  private void requireSums(String operation) {
    TreeSet<Integer> steps = new TreeSet<>();
    RotationPlan.addDoubling(steps, 1, packing.period());
    context.requireRotations(
        operation + " of " + length() + " elements", steps, RotationPlan.none().withSums(length()));
  }

  /// The sum of the pieces, one piece.
  private EncryptedVector folded() {
    CkksCiphertext sum = parts.getFirst();
    for (CkksCiphertext part : parts.subList(1, parts.size())) {
      sum = context.evaluator().add(sum, part);
    }
    return new EncryptedVector(
        context, Packing.of(packing.period(), context.slots()), List.of(sum));
  }

  private EncryptedVector summedSlots() {
    CkksCiphertext sum = parts.getFirst();
    for (int step = 1; step < packing.period(); step *= 2) {
      sum = context.evaluator().add(sum, context.evaluator().rotate(sum, step));
    }
    return new EncryptedVector(context, Packing.of(1, context.slots()), List.of(sum));
  }

  /// The polynomial `c_0 + c_1·x + … + c_d·x^d` of each element x; ⌈log2(d + 1)⌉ levels.
  ///
  /// @param coefficients the constant first, degree at least 1; not modified
  /// @throws LevelExhausted if too few levels are left
  public EncryptedVector polynomial(double... coefficients) {
    return polynomial(CkksPolynomial.power(coefficients));
  }

  /// A polynomial of each element, for example `CkksPolynomial.approximate(Math::exp, -1, 1, 15)`;
  /// [CkksPolynomial#depth] levels.
  ///
  /// @throws LevelExhausted if too few levels are left
  public EncryptedVector polynomial(CkksPolynomial polynomial) {
    EncryptedVector x = relinearized();
    x.requireLevels("a polynomial of degree " + polynomial.degree(), polynomial.depth());
    CkksEvaluator evaluator = context.evaluator();
    EncryptedVector y = x.mapped((part, _) -> evaluator.evaluate(part, polynomial));
    double atPadding = polynomial.at(0);
    int last = packing.pieces() - 1;
    if (atPadding == 0 || !packing.isPadded(last)) {
      return y;
    }
    // The padding holds p(0) now and must hold 0.
    double[] correction = packing.padding(-atPadding);
    return y.mapped((part, piece) ->
        piece < last
            ? part
            : evaluator.add(
                part, context.encoder().encode(correction, part.level(), part.scale())));
  }

  /// `x·M`, this vector as a row times a plain matrix: numpy's `x @ m`; one level.
  ///
  /// @param matrix as many rows as this has elements; not modified
  /// @return as many elements as the matrix has columns
  /// @throws ai.cifer.homocryption.ckks.MissingKey without the rotations of `withMatrix(columns,
  ///   rows)`
  public EncryptedVector matmul(double[][] matrix) {
    int columns = EncryptedMatrix.columnsOf(matrix);
    requireLength("matmul, rows of the matrix", matrix.length);
    double[][] transposed = new double[columns][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < columns; j++) {
        transposed[j][i] = matrix[i][j];
      }
    }
    return MatrixDiagonals.product("matmul", transposed, this);
  }

  /// `M·x`, a plain matrix times this vector as a column: numpy's `m @ x`; one level.
  ///
  /// Cost: about `2·sqrt(min(rows, columns))` rotations, half of them hoisted, and one product with
  /// a plaintext for each diagonal.
  ///
  /// @param matrix as many columns as this has elements; not modified
  /// @return as many elements as the matrix has rows
  /// @throws ai.cifer.homocryption.ckks.MissingKey without the rotations of `withMatrix(rows,
  ///   columns)`
  public EncryptedVector premultiply(double[][] matrix) {
    int columns = EncryptedMatrix.columnsOf(matrix);
    requireLength("premultiply, columns of the matrix", columns);
    return MatrixDiagonals.product("premultiply", matrix, this);
  }

  /// Decrypts.
  ///
  /// **What may be done with the result**: see [ai.cifer.homocryption.ckks.CkksDecryptor]. It stays
  /// with the owner of the secret key, or is rounded well above its error before it is shown.
  ///
  /// @return as many numbers as the vector has elements
  /// @throws ai.cifer.homocryption.ckks.WrongKey if it is encrypted under another key
  /// @throws ValueOutOfRange if numbers grew beyond [#largestValue] and are lost
  public double[] decrypt(CkksSecretKey secretKey) {
    return Decryption.of(secretKey, this, packing);
  }

  /// The same numbers with levels given up, which makes every operation and every stored form
  /// smaller.
  ///
  /// @param level 0 to [#level]
  public EncryptedVector atLevel(int level) {
    CkksParameters parameters = context.parameters();
    EncryptedVector a = relinearized();
    if (level == a.level()) {
      return a;
    }
    if (level < 0 || level > a.level()) {
      throw new LevelExhausted(
          "level: " + level + " (expected: 0 to " + a.level() + "); levels are never regained");
    }
    return a.mapped((part, _) -> context.evaluator().matchTo(part, level, parameters.scale(level)));
  }

  /// Whether no product waits for relinearization; every operation does it where it must.
  public boolean isRelinearized() {
    double scale = context.parameters().scale(level());
    return parts.stream().allMatch(part -> part.size() == 2 && sameScale(part.scale(), scale));
  }

  /// This vector after the relinearization and rescaling that a product waits for.
  EncryptedVector relinearized() {
    if (isRelinearized()) {
      return this;
    }
    CkksEvaluator evaluator = context.evaluator();
    return mapped((part, _) -> evaluator.rescale(evaluator.relinearize(part)));
  }

  private EncryptedVector rescaled() {
    return mapped((part, _) -> context.evaluator().rescale(part));
  }

  private static boolean sameScale(double a, double b) {
    return Math.abs(a - b) <= SAME * b;
  }

  /// A vector of length 1 as one of the other's length, with the padding masked away.
  private EncryptedVector broadcast(EncryptedVector other) {
    if (length() != 1 || other.length() == 1) {
      return this;
    }
    Packing target = other.packing;
    boolean masked = target.isPadded(target.pieces() - 1);
    EncryptedVector wide =
        new EncryptedVector(
            context, target, Collections.nCopies(target.pieces(), parts.getFirst()));
    return masked ? wide.weighted("plus", target.filled(1)).rescaled() : wide;
  }

  /// A function of a part and its number.
  @FunctionalInterface
  interface PartFunction {
    CkksCiphertext apply(CkksCiphertext part, int piece);
  }

  EncryptedVector mapped(PartFunction function) {
    List<CkksCiphertext> out = new ArrayList<>(parts.size());
    for (int piece = 0; piece < parts.size(); piece++) {
      out.add(function.apply(parts.get(piece), piece));
    }
    return new EncryptedVector(context, packing, out);
  }

  private CkksPlaintext encoded(double[] values, int piece, double scale) {
    return context.encoder().encode(packing.slotsOf(values, piece), level(), scale);
  }

  /// @throws LevelExhausted naming the operation and the cure
  void requireLevels(String operation, int levels) {
    if (level() < levels) {
      throw new LevelExhausted(
          "level: %d (expected: at least %d for %s); %s has %d in all, one for each product in a row:"
                  .formatted(
                      level(),
                      levels,
                      operation,
                      context.parameters().name(),
                      context.parameters().depth())
              + " take a preset of more depth, or let the owner decrypt and encrypt again");
    }
  }

  private void requireLength(String operation, int other) {
    if (other != length()) {
      throw new ShapeMismatch(
          "%s: length %d (expected: %d, that of the encrypted vector)"
              .formatted(operation, other, length()));
    }
  }

  private void requireTogether(String operation, EncryptedVector other) {
    CkksContext.requireKey(other.parts.getFirst().keyId(), parts.getFirst().keyId());
    if (length() != 1 && other.length() != 1) {
      requireLength(operation, other.length());
    }
  }

  /// Names length, parameters and level, never contents.
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "EncryptedVector(length %d in %d ciphertext%s, %s, level %d of %d)",
        length(),
        parts.size(),
        parts.size() == 1 ? "" : "s",
        context.parameters().name(),
        level(),
        context.parameters().depth());
  }
}
