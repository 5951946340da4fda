package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.kernel.PrimeKernel;
import ai.cifer.homocryption.rns.KeySwitching;
import ai.cifer.homocryption.rns.ModulusDrop;
import ai.cifer.homocryption.rns.RnsArithmetic;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.Rows;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Computes on ciphertexts. Needs no secret; learns nothing but levels and scales.
///
/// Operands of different levels are brought to the lower one by dropping primes, which is free;
/// scales are never changed silently.
///
/// Holds keys and tables only: safe to share between threads. With an executor the rows of one
/// operation are computed in parallel.
public final class CkksEvaluator {
  /// What is left below this scale is error.
  private static final double LEAST_SCALE = 256;

  private final CkksParameters parameters;
  private final RnsRing ring;
  private final KeySwitching keySwitching;
  private final ModulusDrop modulusDrop;
  private final @Nullable RelinearizationKey relinearizationKey;
  private final @Nullable GaloisKeys galoisKeys;
  private final GaloisOperations galois;
  private final Rows rows;
  private final RnsArithmetic arithmetic;

  /// An evaluator without keys: sums, products with plaintexts, rescaling.
  public CkksEvaluator(CkksParameters parameters) {
    this(parameters, null, null, Rows.SEQUENTIAL);
  }

  /// An evaluator that multiplies ciphertexts.
  public CkksEvaluator(RelinearizationKey relinearizationKey) {
    this(relinearizationKey.parameters(), relinearizationKey, null, Rows.SEQUENTIAL);
  }

  /// An evaluator that multiplies and rotates.
  public CkksEvaluator(RelinearizationKey relinearizationKey, GaloisKeys galoisKeys) {
    this(relinearizationKey.parameters(), relinearizationKey, galoisKeys, Rows.SEQUENTIAL);
  }

  private CkksEvaluator(
      CkksParameters parameters,
      @Nullable RelinearizationKey relinearizationKey,
      @Nullable GaloisKeys galoisKeys,
      Rows rows) {
    if (relinearizationKey != null && galoisKeys != null) {
      Require.parameters(galoisKeys.parameters(), relinearizationKey.parameters());
      Require.key(galoisKeys.keyId(), relinearizationKey.keyId());
    }
    this.parameters = parameters;
    this.ring = parameters.ring();
    this.keySwitching = parameters.keySwitching();
    this.modulusDrop = parameters.modulusDrop();
    this.relinearizationKey = relinearizationKey;
    this.galoisKeys = galoisKeys;
    this.rows = rows;
    this.arithmetic = new RnsArithmetic(ring, rows);
    this.galois = new GaloisOperations(parameters, galoisKeys, arithmetic);
  }

  /// The same evaluator with the rows of each operation spread over an executor.
  ///
  /// @param parallelism threads that work on one operation, the caller's included
  public CkksEvaluator on(Executor executor, int parallelism) {
    return new CkksEvaluator(
        parameters, relinearizationKey, galoisKeys, Rows.on(executor, parallelism));
  }

  public CkksParameters parameters() {
    return parameters;
  }

  /// `a + b`, slot by slot.
  ///
  /// Error: the sum of both. Level: the lower of both; scale unchanged.
  ///
  /// @throws ScaleMismatch if the scales differ
  public CkksCiphertext add(CkksCiphertext a, CkksCiphertext b) {
    return combine(a, b, PrimeKernel::add, false);
  }

  /// `a - b`, slot by slot; as [#add(CkksCiphertext, CkksCiphertext)].
  ///
  /// @throws ScaleMismatch if the scales differ
  /// @throws TransparentCiphertext if the ciphertexts are the same
  public CkksCiphertext subtract(CkksCiphertext a, CkksCiphertext b) {
    return combine(a, b, PrimeKernel::subtract, true);
  }

  private CkksCiphertext combine(
      CkksCiphertext a,
      CkksCiphertext b,
      RnsArithmetic.RowOperation operation,
      boolean negateRest) {
    require(a);
    require(b);
    Require.key(b.keyId(), a.keyId());
    Require.sameScale(a.scale(), b.scale());
    int level = Math.min(a.level(), b.level());
    int primes = parameters.primes(level);
    int common = Math.min(a.size(), b.size());
    List<RnsPolynomial> sums = new ArrayList<>();
    for (int k = 0; k < Math.max(a.size(), b.size()); k++) {
      if (k < common) {
        sums.add(arithmetic.combine(a.polynomial(k), b.polynomial(k), primes, operation));
      } else if (k < a.size()) {
        sums.add(a.polynomial(k).truncated(primes));
      } else {
        RnsPolynomial rest = b.polynomial(k).truncated(primes);
        sums.add(negateRest ? arithmetic.negate(rest) : rest);
      }
    }
    return new CkksCiphertext(parameters, a.keyId(), sums, level, a.scale());
  }

  /// `-a`. Error, level and scale unchanged.
  public CkksCiphertext negate(CkksCiphertext a) {
    require(a);
    return map(a, arithmetic::negate, a.level(), a.scale());
  }

  private CkksCiphertext map(
      CkksCiphertext a, UnaryOperator<RnsPolynomial> operation, int level, double scale) {
    List<RnsPolynomial> polynomials = new ArrayList<>();
    for (int k = 0; k < a.size(); k++) {
      polynomials.add(operation.apply(a.polynomial(k)));
    }
    return new CkksCiphertext(parameters, a.keyId(), polynomials, level, scale);
  }

  /// `a + b` with a plaintext. Error: that of a, and the plaintext's rounding.
  ///
  /// @throws ScaleMismatch if the scales differ
  public CkksCiphertext add(CkksCiphertext a, CkksPlaintext b) {
    return combine(a, b, PrimeKernel::add);
  }

  /// `a - b` with a plaintext; as [#add(CkksCiphertext, CkksPlaintext)].
  ///
  /// @throws ScaleMismatch if the scales differ
  public CkksCiphertext subtract(CkksCiphertext a, CkksPlaintext b) {
    return combine(a, b, PrimeKernel::subtract);
  }

  private CkksCiphertext combine(
      CkksCiphertext a, CkksPlaintext b, RnsArithmetic.RowOperation operation) {
    require(a);
    Require.parameters(b.parameters(), parameters);
    Require.sameScale(a.scale(), b.scale());
    int level = Math.min(a.level(), b.level());
    int primes = parameters.primes(level);
    List<RnsPolynomial> sums = new ArrayList<>();
    sums.add(arithmetic.combine(a.polynomial(0), b.polynomial(), primes, operation));
    for (int k = 1; k < a.size(); k++) {
      sums.add(a.polynomial(k).truncated(primes));
    }
    return new CkksCiphertext(parameters, a.keyId(), sums, level, a.scale());
  }

  /// Adds one number to every slot. Error: rounding of `value·scale`, at most `1/(2·scale)`.
  ///
  /// @param value finite
  public CkksCiphertext add(CkksCiphertext a, double value) {
    require(a);
    List<RnsPolynomial> sums = new ArrayList<>();
    sums.add(arithmetic.add(a.polynomial(0), Scaled.integer(value, a.scale())));
    for (int k = 1; k < a.size(); k++) {
      sums.add(a.polynomial(k));
    }
    return new CkksCiphertext(parameters, a.keyId(), sums, a.level(), a.scale());
  }

  /// The scale at which a factor of `a` must be encoded so that the rescaled product has the
  /// canonical scale of the next level.
  ///
  /// @throws LevelExhausted at level 0
  public double plaintextScale(CkksCiphertext a) {
    requireLevel(a, 1, "multiply and rescale");
    return parameters.scale(a.level() - 1) * parameters.rescaleDivisor(a.level()) / a.scale();
  }

  /// `a·b`, slot by slot; three polynomials.
  ///
  /// Error: `a·err(b) + b·err(a)`. Scale: the product. Cost: 4 products of rows for each prime.
  ///
  /// @param a relinearized
  /// @param b relinearized
  /// @throws LevelExhausted if the product of the scales exceeds the level's modulus
  public CkksCiphertext multiply(CkksCiphertext a, CkksCiphertext b) {
    if (a == b) {
      return square(a);
    }
    requireRelinearized(a);
    requireRelinearized(b);
    Require.key(b.keyId(), a.keyId());
    int level = Math.min(a.level(), b.level());
    Require.room(parameters, level, a.scale(), b.scale());
    int primes = parameters.primes(level);
    double[][][] out = new double[3][primes][ring.degree()];
    rows.each(
        primes,
        i -> {
          double[] a0 = a.polynomial(0).row(i);
          double[] a1 = a.polynomial(1).row(i);
          double[] b0 = b.polynomial(0).row(i);
          double[] b1 = b.polynomial(1).row(i);
          ring.fused(i).tensor(a0, a1, b0, b1, out[0][i], out[1][i], out[2][i]);
        });
    return product(a, out, level, a.scale() * b.scale());
  }

  /// `a²`, slot by slot; three polynomials. As [#multiply(CkksCiphertext, CkksCiphertext)] with 3
  /// products.
  ///
  /// @param a relinearized
  public CkksCiphertext square(CkksCiphertext a) {
    requireRelinearized(a);
    Require.room(parameters, a.level(), a.scale(), a.scale());
    int primes = parameters.primes(a.level());
    double[][][] out = new double[3][primes][ring.degree()];
    rows.each(
        primes,
        i -> {
          double[] a0 = a.polynomial(0).row(i);
          double[] a1 = a.polynomial(1).row(i);
          ring.fused(i).square(a0, a1, out[0][i], out[1][i], out[2][i]);
        });
    return product(a, out, a.level(), a.scale() * a.scale());
  }

  private CkksCiphertext product(CkksCiphertext a, double[][][] out, int level, double scale) {
    List<RnsPolynomial> polynomials = new ArrayList<>();
    for (double[][] polynomial : out) {
      polynomials.add(new RnsPolynomial(polynomial));
    }
    return new CkksCiphertext(parameters, a.keyId(), polynomials, level, scale);
  }

  /// `a·b` with a plaintext, slot by slot.
  ///
  /// Error: `b·err(a)`, and a times the plaintext's rounding. Scale: the product.
  ///
  /// @param b encoded at [#plaintextScale] if the product is rescaled
  /// @throws LevelExhausted if the product of the scales exceeds the level's modulus
  public CkksCiphertext multiply(CkksCiphertext a, CkksPlaintext b) {
    require(a);
    Require.parameters(b.parameters(), parameters);
    int level = Math.min(a.level(), b.level());
    Require.room(parameters, level, a.scale(), b.scale());
    int primes = parameters.primes(level);
    return map(
        a,
        c -> arithmetic.combine(c, b.polynomial(), primes, PrimeKernel::multiply),
        level,
        a.scale() * b.scale());
  }

  /// Multiplies every slot by one number, at [#plaintextScale], so that the rescaled product has
  /// the canonical scale.
  ///
  /// Error: `value·err(a)`, and a times the rounding of the factor, `1/(2·plaintextScale)`.
  ///
  /// @param value finite
  /// @throws LevelExhausted at level 0
  public CkksCiphertext multiply(CkksCiphertext a, double value) {
    require(a);
    double factorScale = plaintextScale(a);
    Require.room(parameters, a.level(), a.scale(), factorScale);
    return multiply(a, Scaled.integer(value, factorScale), a.scale() * factorScale);
  }

  /// Multiplies every slot by an integer, exactly; level and scale unchanged.
  public CkksCiphertext multiplyInteger(CkksCiphertext a, long value) {
    require(a);
    return multiply(a, BigInteger.valueOf(value), a.scale());
  }

  private CkksCiphertext multiply(CkksCiphertext a, BigInteger factor, double scale) {
    int primes = parameters.primes(a.level());
    return map(a, c -> arithmetic.multiply(c, factor, primes), a.level(), scale);
  }

  /// From three polynomials to two, with the relinearization key.
  ///
  /// Error: see [KeySwitching]; level and scale unchanged. A ciphertext of two polynomials is
  /// returned as it is.
  ///
  /// @throws MissingKey if the evaluator has no relinearization key
  public CkksCiphertext relinearize(CkksCiphertext a) {
    require(a);
    if (a.size() == 2) {
      return a;
    }
    RelinearizationKey key = relinearizationKey;
    if (key == null) {
      throw new MissingKey(
          "relinearization: no key (expected: an evaluator made with a RelinearizationKey)");
    }
    Require.key(a.keyId(), key.keyId());
    RnsPolynomial c1 = a.polynomial(1);
    RnsPolynomial[] pair =
        keySwitching.apply(
            a.polynomial(2), key.key(), new KeySwitching.Finish(a.polynomial(0), null), rows);
    arithmetic.addInto(c1, pair[1]);
    return new CkksCiphertext(
        parameters, a.keyId(), List.of(pair[0], pair[1]), a.level(), a.scale());
  }

  /// Drops the primes of the level and divides by them, rounding to nearest.
  ///
  /// `c'_i = ⌊c_i/D⌉`, `D = ` [CkksParameters#rescaleDivisor], so `scale' = scale/D` and `level' =
  /// level - 1`.
  ///
  /// Error: at most `(1 + ‖s‖₁)/2` in each coefficient; a standard deviation of about `sqrt(N/18)`.
  /// Cost: two inverse transforms for each dropped prime and two transforms for each remaining one;
  /// allocates one ciphertext.
  ///
  /// @param a level at least 1; not modified
  /// @throws LevelExhausted at level 0, or if nothing of the scale would remain
  /// @see <a href="https://eprint.iacr.org/2018/931">A Full RNS Variant of Approximate HE</a>
  public CkksCiphertext rescale(CkksCiphertext a) {
    requireLevel(a, 1, "rescale");
    double scale = a.scale() / parameters.rescaleDivisor(a.level());
    if (!(scale >= LEAST_SCALE)) {
      throw new ScaleMismatch(
          "scale: "
              + a.scale()
              + " (expected: above the divisor of the level, as after a multiplication); rescale"
              + " once after each multiplication, or use levelDrop");
    }
    int remaining = parameters.primes(a.level() - 1);
    return map(a, c -> modulusDrop.divide(c, remaining, rows), a.level() - 1, scale);
  }

  /// The same ciphertext at a lower level: primes are dropped, nothing is divided. Error and scale
  /// unchanged; shares the rows.
  ///
  /// @param level 0 to the level of a
  public CkksCiphertext levelDrop(CkksCiphertext a, int level) {
    require(a);
    if (level < 0 || level > a.level()) {
      throw new LevelExhausted(
          "level: " + level + " (expected: 0 to " + a.level() + "); levels are never regained");
    }
    if (level == a.level()) {
      return a;
    }
    return map(a, c -> c.truncated(parameters.primes(level)), level, a.scale());
  }

  /// The same values at a lower level with another scale: one multiplication by an integer and one
  /// rescaling.
  ///
  /// Error: that of [#rescale], and a relative one of at most `a.scale/(2·scale·D)`, D the divisor
  /// of level + 1.
  ///
  /// @param level below the level of a, or equal if the scale is equal
  /// @throws LevelExhausted if a is too low
  public CkksCiphertext matchTo(CkksCiphertext a, int level, double scale) {
    require(a);
    if (level <= a.level() && Math.abs(a.scale() - scale) <= 0x1p-44 * scale) {
      return levelDrop(a, level);
    }
    requireLevel(a, level + 1, "change the scale and reach level " + level);
    CkksCiphertext above = levelDrop(a, level + 1);
    double factor = scale / a.scale() * parameters.rescaleDivisor(level + 1);
    CkksCiphertext product = multiply(above, Scaled.integer(factor, 1), a.scale() * factor);
    return map(rescale(product), UnaryOperator.identity(), level, scale);
  }

  /// The values of a at the level and scale of b.
  ///
  /// @throws LevelExhausted if a is too low
  public CkksCiphertext matchTo(CkksCiphertext a, CkksCiphertext b) {
    return matchTo(a, b.level(), b.scale());
  }

  /// Rotates the slots to the left: slot j gets what was in slot `j + steps`.
  ///
  /// Error: see [KeySwitching]; level and scale unchanged.
  ///
  /// @param a relinearized
  /// @param steps negative to the right
  /// @throws MissingKey if there is no key for the rotation
  public CkksCiphertext rotate(CkksCiphertext a, int steps) {
    requireRelinearized(a);
    return galois.rotate(a, steps);
  }

  /// Conjugates every slot. As [#rotate].
  ///
  /// @param a relinearized
  /// @throws MissingKey if there is no key for conjugation
  public CkksCiphertext conjugate(CkksCiphertext a) {
    requireRelinearized(a);
    return galois.conjugate(a);
  }

  /// Several rotations of one ciphertext. What does not depend on the rotation is done once
  /// (hoisting); eight together cost about two thirds of eight single ones.
  ///
  /// @param a relinearized
  /// @param steps rotations to the left
  /// @return one for each of `steps`
  /// @throws MissingKey if there is no key for a rotation
  public List<CkksCiphertext> rotations(CkksCiphertext a, int... steps) {
    requireRelinearized(a);
    return galois.rotations(a, steps);
  }

  /// Adds `count` slots: slot j gets the sum of the slots `j, j + stride, …, j + (count -
  /// 1)·stride`, cyclically. With stride 1 and `count = slots`, every slot gets the sum of all.
  ///
  /// Error: `count` times that of a, and that of the key switchings. Cost: `⌊log2 count⌋`
  /// rotations, and one more for each further bit of `count`; see [GaloisKeys#innerSumRotations].
  ///
  /// @param a relinearized
  /// @param stride distance of the slots that are added
  /// @param count at least 1
  /// @throws MissingKey if there is no key for a rotation
  public CkksCiphertext innerSum(CkksCiphertext a, int stride, int count) {
    requireRelinearized(a);
    Require.range("count", count, 1, parameters.slots());
    CkksCiphertext power = a;
    CkksCiphertext sum = null;
    int summed = 0;
    for (int width = 1; width <= count; width *= 2) {
      if ((count & width) != 0) {
        sum = sum == null ? power : add(rotate(power, summed * stride), sum);
        summed += width;
      }
      power = 2 * width <= count ? add(power, rotate(power, width * stride)) : power;
    }
    return Objects.requireNonNull(sum);
  }

  /// The linear transform of every slot vector: `y = M·x`.
  ///
  /// Level: one less, rescaled. Error and cost: see [LinearTransform].
  ///
  /// @param a relinearized, at the transform's level or above
  /// @throws LevelExhausted if a is below the transform's level
  /// @throws MissingKey if there is no key for one of [LinearTransform#rotations]
  public CkksCiphertext transform(CkksCiphertext a, LinearTransform transform) {
    requireRelinearized(a);
    requireLevel(a, transform.level(), "apply this transform, which was encoded for that level");
    return transform.apply(this, levelDrop(a, transform.level()));
  }

  /// The value of a polynomial in every slot.
  ///
  /// Level: lower by [CkksPolynomial#depth], rescaled; the canonical scale. Error and cost: see
  /// [PolynomialEvaluation].
  ///
  /// @param a relinearized
  /// @throws LevelExhausted if a is too low
  /// @throws MissingKey if the evaluator has no relinearization key
  public CkksCiphertext evaluate(CkksCiphertext a, CkksPolynomial polynomial) {
    requireRelinearized(a);
    requireLevel(a, polynomial.depth(), "evaluate a polynomial of degree " + polynomial.degree());
    return new PolynomialEvaluation(this, a, polynomial).evaluate();
  }

  /// Row by row arithmetic, for what is composed of several operations.
  RnsArithmetic arithmetic() {
    return arithmetic;
  }

  private void require(CkksCiphertext a) {
    Require.parameters(a.parameters(), parameters);
  }

  private void requireRelinearized(CkksCiphertext a) {
    require(a);
    Require.relinearized(a);
  }

  private void requireLevel(CkksCiphertext a, int level, String operation) {
    require(a);
    Require.level(a.level(), level, operation);
  }
}
