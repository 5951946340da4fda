package ai.cifer.homocryption.threshold;

import static ai.cifer.homocryption.threshold.TrackedErrorBound.SINGLE;
import static ai.cifer.homocryption.threshold.TrackedErrorBound.log2;

import ai.cifer.homocryption.ckks.CkksParameters;

/// The smudging of one circuit's result under a [SmudgingPolicy], and the precision that it leaves.
///
/// Every active party adds an error of [#sigma] by itself, so that t - 1 parties that take theirs
/// away still face one. The result's slots then have the deviation `√(N·t/2)·σ/scale` (real part).
///
/// Released values are multiples of [#step], the smallest power of two that is at least this
/// deviation: no bit below the estimated error leaves. (The design allows up to 8 bits more.)
///
/// Immutable; all active parties and the combiner make it from the same public facts.
public final class Smudging {
  private final ThresholdSession session;
  private final SmudgingPolicy policy;
  private final CircuitErrorBound circuit;
  private final WideGaussian gaussian;
  private final double deviation;
  private final double step;
  private final double largestError;
  private final double largestCoefficient;

  private Smudging(ThresholdSession session, SmudgingPolicy policy, CircuitErrorBound circuit) {
    this.session = session;
    this.policy = policy;
    this.circuit = circuit;
    this.gaussian = new WideGaussian(policy.factor() * circuit.error());
    double parties = session.committee().threshold();
    double degree = session.parameters().degree();
    double sum = gaussian.sigma() * Math.sqrt(degree * parties);
    this.deviation = sum / Math.sqrt(2) / circuit.scale();
    this.step = Math.pow(2, Math.ceil(log2(deviation)));
    double error = circuit.error() + circuit.approximation() + SINGLE * sum;
    this.largestError = error / circuit.scale() + step / 2;
    this.largestCoefficient = circuit.magnitude() + error;
  }

  /// The smudging of a circuit.
  ///
  /// @param circuit the static bound, which each party computed itself
  /// @param precisionBits p: every released value must be within `2^-p` of the true one
  /// @throws ThresholdException.ProtocolViolation if the bound is that of another session, whose
  ///   committee may be smaller
  /// @throws ThresholdException.PrecisionExhausted if the smudging leaves less precision than
  ///   asked, or if the smudged result does not fit into the modulus of its level
  public static Smudging of(
      ThresholdSession session,
      SmudgingPolicy policy,
      CircuitErrorBound circuit,
      int precisionBits) {
    CkksParameters parameters = session.parameters();
    if (circuit instanceof TrackedErrorBound tracked) {
      session.requireSame(tracked.session(), "error bound of the circuit");
    }
    if (!circuit.parameters().equals(parameters)) {
      throw new IllegalArgumentException(
          "circuit: " + circuit.parameters() + " (expected: " + parameters + ")");
    }
    if (!(circuit.error() >= 1 && circuit.error() < 0x1p150)) {
      throw new IllegalArgumentException(
          "circuit error: "
              + circuit.error()
              + " (expected: 1 to 2^150, in units of coefficients)");
    }
    Smudging smudging = new Smudging(session, policy, circuit);
    int room = parameters.modulus(circuit.level()).bitLength() - 3;
    if (!(log2(smudging.largestCoefficient) <= room)) {
      throw new ThresholdException.PrecisionExhausted(
          "smudged result: 2^%.1f (expected: at most 2^%d, a quarter of the modulus of level %d); decrypt at a higher level, divide the values, or lower the scale"
              .formatted(log2(smudging.largestCoefficient), room, circuit.level()));
    }
    if (smudging.precisionBits() < precisionBits) {
      throw new ThresholdException.PrecisionExhausted(
          "precision: %d bits after smudging with 2^%.1f (expected: %d); fewer decryptions or statistical bits, a key for each job, or a larger scale such as 2^80 of the preset CS14"
              .formatted(smudging.precisionBits(), log2(smudging.sigma()), precisionBits));
    }
    return smudging;
  }

  /// Of whose parties the errors are.
  public ThresholdSession session() {
    return session;
  }

  public SmudgingPolicy policy() {
    return policy;
  }

  public CircuitErrorBound circuit() {
    return circuit;
  }

  /// The deviation of each coefficient of each party's error: at least `√(12·τ)·2^(s/2)·ct_err`,
  /// and less than a sixth more.
  public double sigma() {
    return gaussian.sigma();
  }

  /// The estimated error of a released slot before rounding: a standard deviation.
  public double deviation() {
    return deviation;
  }

  /// What released values are multiples of, a power of two.
  public double step() {
    return step;
  }

  /// No released value is farther from the true one, except with probability below 2^-50.
  public double largestError() {
    return largestError;
  }

  /// `⌊-log2 of the largest error⌋`.
  public int precisionBits() {
    return (int) Math.floor(-log2(largestError));
  }

  double largestCoefficient() {
    return largestCoefficient;
  }

  WideGaussian gaussian() {
    return gaussian;
  }

  @Override
  public String toString() {
    return "Smudging(sigma 2^%.1f, %d bits left)".formatted(log2(sigma()), precisionBits());
  }
}
