package ai.cifer.homocryption.bench;

/// What the number-theoretic transform of one residue polynomial costs on this machine, in one
/// thread, with canonical results: microseconds, the 10th percentile of the batches.
///
/// A transform of length N has `N/2·log2 N` butterflies.
///
/// @param degree N
/// @param lanes doubles in a vector of the kernels; 1 for scalar code
/// @param forwardMicros coefficients to values
/// @param inverseMicros values to coefficients
/// @param scalarForwardMicros the scalar twin's
/// @param scalarInverseMicros the scalar twin's
public record NttFigures(
    int degree,
    int lanes,
    double forwardMicros,
    double inverseMicros,
    double scalarForwardMicros,
    double scalarInverseMicros) {

  /// Nanoseconds for each butterfly of the forward transform.
  public double forwardNanosPerButterfly() {
    return forwardMicros * 1e3 / butterflies();
  }

  /// Nanoseconds for each butterfly of the inverse transform.
  public double inverseNanosPerButterfly() {
    return inverseMicros * 1e3 / butterflies();
  }

  private double butterflies() {
    return degree / 2.0 * Integer.numberOfTrailingZeros(degree);
  }
}
