package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.RnsSampler;

/// A [CircuitErrorBound] that follows the evaluator operation by operation: build it with the same
/// calls as the circuit.
///
/// ```java
/// var x = TrackedErrorBound.fresh(session, 1.0);            // |values| ≤ 1
/// var mean = x.plus(x).plus(x).times(1.0 / 3).rescale();    // the circuit, on bounds
/// ```
///
/// Conservative, and proven up to the usual assumption that errors and ciphertexts are independent
/// and behave as drawn:
/// - A polynomial with independent sub-Gaussian coefficients of variance V (ternary, discrete
///   Gaussian, uniform rounding errors) has at every root a vector (Re, Im) with variance proxy
///   `N·V/2` in all directions, because `Σ cos² = Σ sin² = N/2` and `Σ sin·cos = 0`. Hence `E
///   exp(λ|a|²/(NV)) ≤ 1/(1-λ)` [1], and `P(|a| > 7.25·√(NV)) ≤ y·e^(1-y)` with `y = 7.25²`: below
///   2^-68.
/// - For two independent ones, `|a·b| ≤ (|a|² + |b|²)/2` in units of their deviations, so `P(|a·b|
///   > 28·N·√(V_a·V_b)) ≤ 28²·e^(2-56) < 2^-67`.
/// - Over the N/2 ≤ 2^15 independent roots each of these bounds fails with less than 2^-52.
/// - Everything else is `‖a + b‖ ≤ ‖a‖ + ‖b‖` and `‖a·b‖ ≤ ‖a‖·‖b‖`.
///
/// Immutable.
///
/// [1] Hsu, Kakade, Zhang: A tail inequality for quadratic forms of subgaussian random vectors,
/// <https://arxiv.org/abs/1110.2842>
public final class TrackedErrorBound implements CircuitErrorBound {
  /// Bound of one polynomial, in units of √(N·V).
  static final double SINGLE = 7.25;

  /// Bound of a product of two independent polynomials, in units of N·√(V_a·V_b).
  static final double PRODUCT = 28;

  /// Relative error of the encoder's transform in doubles.
  private static final double ENCODER = 0x1p-48;

  private static final double UNIFORM_VARIANCE = 1.0 / 12;
  private static final double ERROR_VARIANCE = RnsSampler.SIGMA * RnsSampler.SIGMA;

  private final ThresholdSession session;
  private final int level;
  private final double scale;
  private final double error;
  private final double approximation;
  private final double magnitude;
  private final boolean relinearized;

  private TrackedErrorBound(
      ThresholdSession session,
      int level,
      double scale,
      double error,
      double approximation,
      double magnitude,
      boolean relinearized) {
    this.session = session;
    this.level = level;
    this.scale = scale;
    this.error = error;
    this.approximation = approximation;
    this.magnitude = magnitude;
    this.relinearized = relinearized;
  }

  /// A fresh encryption under the joint key at the top level with the canonical scale.
  ///
  /// Error: `e·u + e_0 + e_1·s`, where e is the sum of n errors and s the sum of n secrets:
  /// `28·N·σ·(√(2n/3) + √(n·V_s)) + 7.25·σ·√N`.
  ///
  /// @param largest bound on the values, above 0
  public static TrackedErrorBound fresh(ThresholdSession session, double largest) {
    if (!(largest > 0 && largest < 0x1p40)) {
      throw new IllegalArgumentException(
          "largest: " + largest + " (expected: above 0, below 2^40)");
    }
    CkksParameters parameters = session.parameters();
    double n = session.committee().parties();
    double degree = parameters.degree();
    double sigma = RnsSampler.SIGMA;
    double error =
        PRODUCT * degree * sigma * Math.sqrt(n * 2 / 3)
            + PRODUCT * degree * sigma * Math.sqrt(n * session.secrets().variance())
            + SINGLE * sigma * Math.sqrt(degree);
    double magnitude = largest * parameters.scale();
    double approximation = degree / 2 + ENCODER * magnitude;
    return new TrackedErrorBound(
        session,
        parameters.depth(),
        parameters.scale(),
        error,
        approximation,
        magnitude + approximation,
        true);
  }

  ThresholdSession session() {
    return session;
  }

  /// Addition, or subtraction, of two ciphertexts.
  public TrackedErrorBound plus(TrackedErrorBound other) {
    requireSameScale(other);
    return new TrackedErrorBound(
        session,
        Math.min(level, other.level),
        scale,
        error + other.error,
        approximation + other.approximation,
        magnitude + other.magnitude,
        relinearized && other.relinearized);
  }

  /// The sum of `count` ciphertexts with this bound.
  public TrackedErrorBound sumOf(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count: " + count + " (expected: >= 1)");
    }
    return new TrackedErrorBound(
        session,
        level,
        scale,
        count * error,
        count * approximation,
        count * magnitude,
        relinearized);
  }

  /// Addition of a plaintext or a number of at most `largest` in magnitude.
  public TrackedErrorBound plusPlain(double largest) {
    double added = Math.abs(largest) * scale;
    double rounding = session.parameters().degree() / 2.0 + ENCODER * added;
    return new TrackedErrorBound(
        session,
        level,
        scale,
        error,
        approximation + rounding,
        magnitude + added + rounding,
        relinearized);
  }

  /// Multiplication of two ciphertexts; relinearize next.
  public TrackedErrorBound times(TrackedErrorBound other) {
    return new TrackedErrorBound(
        session,
        Math.min(level, other.level),
        scale * other.scale,
        (magnitude + error) * other.error + other.magnitude * error,
        magnitude * other.approximation + other.magnitude * approximation,
        magnitude * other.magnitude,
        false);
  }

  /// Multiplication by a plaintext, or a number, of at most `largest` in magnitude, encoded so that
  /// the rescaled product has the canonical scale of the next level.
  public TrackedErrorBound times(double largest) {
    CkksParameters parameters = session.parameters();
    requireLevel(1);
    double factorScale = parameters.scale(level - 1) * parameters.rescaleDivisor(level) / scale;
    double rounding = parameters.degree() / 2.0 + ENCODER * Math.abs(largest) * factorScale;
    double factor = Math.abs(largest) * factorScale + rounding;
    return new TrackedErrorBound(
        session,
        level,
        scale * factorScale,
        factor * error,
        factor * approximation + magnitude * rounding,
        factor * magnitude,
        relinearized);
  }

  /// Multiplication by an integer, at the same scale.
  public TrackedErrorBound timesInteger(long value) {
    double factor = Math.abs((double) value);
    return new TrackedErrorBound(
        session,
        level,
        scale,
        factor * error,
        factor * approximation,
        factor * magnitude,
        relinearized);
  }

  /// Relinearization with the joint key.
  ///
  /// The key's error is `E = s·e_0 + u·e_1 + e_2` with sums over n parties, so `‖E‖ ≤ 28·N·σ·√n·(√
  /// (n·V_s) + √(n·V_u)) + 7.25·σ·√(nN)`; each digit multiplies it, and P divides.
  public TrackedErrorBound relinearize() {
    return with(error + relinearizationError(), true);
  }

  double relinearizationError() {
    double n = session.committee().parties();
    double degree = session.parameters().degree();
    double sigma = RnsSampler.SIGMA * Math.sqrt(n);
    double keyError =
        2 * PRODUCT * degree * sigma * Math.sqrt(n * session.secrets().variance())
            + SINGLE * sigma * Math.sqrt(degree);
    double digits = SINGLE * Math.sqrt(degree * UNIFORM_VARIANCE) * digitSum();
    return digits * keyError / specialModulus() + rounding();
  }

  /// Rotation or conjugation with a joint Galois key.
  public TrackedErrorBound rotate() {
    return with(error + rotationError(), relinearized);
  }

  double rotationError() {
    double degree = session.parameters().degree();
    double keyVariance = session.committee().parties() * ERROR_VARIANCE;
    double digits = PRODUCT * degree * Math.sqrt(UNIFORM_VARIANCE * keyVariance) * digitSum();
    return digits / specialModulus() + rounding();
  }

  /// Rescaling.
  ///
  /// Error: divided like everything, plus the rounding `τ_0 + τ_1·s`: `(7.25·√N +
  /// 28·N·√(n·V_s))/√12`.
  public TrackedErrorBound rescale() {
    requireLevel(1);
    if (!relinearized) {
      throw new IllegalArgumentException(
          "ciphertext: not relinearized (expected: relinearized before it is rescaled)");
    }
    double divisor = session.parameters().rescaleDivisor(level);
    double added = rounding();
    return new TrackedErrorBound(
        session,
        level - 1,
        scale / divisor,
        error / divisor + added,
        approximation / divisor,
        magnitude / divisor,
        true);
  }

  /// Dropping levels: nothing changes but the level.
  public TrackedErrorBound levelDrop(int to) {
    if (to < 0 || to > level) {
      throw new IllegalArgumentException("level: " + to + " (expected: 0 to " + level + ")");
    }
    return new TrackedErrorBound(session, to, scale, error, approximation, magnitude, relinearized);
  }

  /// What `CkksEvaluator.matchTo` does: dropping to the level above, multiplying by the integer
  /// that is nearest to the quotient of the scales times the divisor of that level, and rescaling.
  ///
  /// @param to the new level, below the present one
  /// @param newScale the new scale
  public TrackedErrorBound matchTo(int to, double newScale) {
    requireLevel(to + 1);
    TrackedErrorBound above = levelDrop(to + 1);
    double factor = newScale / scale * session.parameters().rescaleDivisor(to + 1);
    TrackedErrorBound product =
        new TrackedErrorBound(
            session,
            to + 1,
            scale * factor,
            (factor + 0.5) * above.error,
            (factor + 0.5) * above.approximation + above.magnitude / 2,
            (factor + 0.5) * above.magnitude,
            relinearized);
    TrackedErrorBound rescaled = product.rescale();
    return new TrackedErrorBound(
        session, to, newScale, rescaled.error, rescaled.approximation, rescaled.magnitude, true);
  }

  /// A collective refresh: back to the top level at the same scale, with the error of one fresh
  /// sample for each of the t active parties.
  public TrackedErrorBound refresh() {
    double added =
        SINGLE
            * RnsSampler.SIGMA
            * Math.sqrt((double) session.parameters().degree() * session.committee().threshold());
    return new TrackedErrorBound(
        session,
        session.parameters().depth(),
        scale,
        error + added,
        approximation,
        magnitude,
        relinearized);
  }

  private TrackedErrorBound with(double newError, boolean nowRelinearized) {
    return new TrackedErrorBound(
        session, level, scale, newError, approximation, magnitude, nowRelinearized);
  }

  /// Rounding of both polynomials after a division.
  double rounding() {
    double degree = session.parameters().degree();
    double secret = session.committee().parties() * session.secrets().variance();
    return SINGLE * Math.sqrt(degree * UNIFORM_VARIANCE)
        + PRODUCT * degree * Math.sqrt(UNIFORM_VARIANCE * secret);
  }

  /// The sum of the moduli of the digits at this level.
  private double digitSum() {
    CkksParameters parameters = session.parameters();
    int primes = parameters.primes(level);
    int alpha = parameters.specialPrimes();
    double sum = 0;
    for (int from = 0; from < primes; from += alpha) {
      double digit = 1;
      for (int i = from; i < Math.min(primes, from + alpha); i++) {
        digit *= parameters.prime(i);
      }
      sum += digit;
    }
    return sum;
  }

  private double specialModulus() {
    RnsRing ring = session.parameters().ring();
    return ring.product(ring.ciphertextPrimes(), ring.primes()).doubleValue();
  }

  private void requireSameScale(TrackedErrorBound other) {
    if (!(Math.abs(scale - other.scale) <= 0x1p-44 * scale)) {
      throw new IllegalArgumentException(
          "scales: " + scale + " and " + other.scale + " (expected: the same, as the evaluator)");
    }
  }

  private void requireLevel(int least) {
    if (level < least) {
      throw new IllegalArgumentException("level: " + level + " (expected: >= " + least + ")");
    }
  }

  @Override
  public CkksParameters parameters() {
    return session.parameters();
  }

  @Override
  public int level() {
    return level;
  }

  @Override
  public double scale() {
    return scale;
  }

  @Override
  public double error() {
    return error;
  }

  @Override
  public double approximation() {
    return approximation;
  }

  @Override
  public double magnitude() {
    return magnitude;
  }

  @Override
  public String toString() {
    return "TrackedErrorBound(level %d, scale 2^%.1f, error 2^%.1f, magnitude 2^%.1f)"
        .formatted(level, log2(scale), log2(error), log2(magnitude));
  }

  static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }
}
