package ai.cifer.homocryption.threshold;

/// A decrypted result, rounded for release: every value is a multiple of [#step], so no bit below
/// the estimated error is in it.
///
/// It is for those whom the result is meant for. Never give it, or anything computed from it alone,
/// back to the evaluator.
///
/// Immutable.
public final class ReleasedVector {
  private final double[] values;
  private final double step;
  private final double largestError;

  ReleasedVector(double[] values, double step, double largestError) {
    this.values = values;
    this.step = step;
    this.largestError = largestError;
  }

  /// The real parts of all slots; a copy.
  public double[] values() {
    return values.clone();
  }

  /// What all values are multiples of, a power of two.
  public double step() {
    return step;
  }

  /// No value is farther from the true one, except with probability below 2^-50.
  public double largestError() {
    return largestError;
  }

  /// Names size and precision, never the values.
  @Override
  public String toString() {
    return "ReleasedVector(" + values.length + " values, step " + step + ")";
  }
}
