package ai.cifer.homocryption.ckks;

import java.util.Arrays;

/// How exact computed values are, as a distribution: bits of precision `-log2 |error|` of each
/// slot. One tolerance for all would hide that errors differ between slots.
///
/// @param leastBits of the worst slot
/// @param medianBits of the slot in the middle
/// @param meanBits average over the slots
/// @param mostBits of the best slot; 53 where the error is below 2^-53
/// @param largestError in magnitude
/// @param standardDeviation of the errors
public record PrecisionStatistics(
    double leastBits,
    double medianBits,
    double meanBits,
    double mostBits,
    double largestError,
    double standardDeviation) {
  private static final double MOST_BITS = 53;

  /// Compares computed values with exact ones.
  ///
  /// @param expected one value or more; not modified
  /// @param actual as many; not modified
  public static PrecisionStatistics of(double[] expected, double[] actual) {
    Require.range("values", actual.length, Math.max(1, expected.length), expected.length);
    double[] bits = new double[expected.length];
    double largest = 0;
    double sum = 0;
    double squares = 0;
    for (int j = 0; j < bits.length; j++) {
      double error = Math.abs(actual[j] - expected[j]);
      bits[j] = Math.min(MOST_BITS, -Math.log(error) / Math.log(2));
      largest = Math.max(largest, error);
      sum += bits[j];
      squares += error * error;
    }
    Arrays.sort(bits);
    return new PrecisionStatistics(
        bits[0],
        bits[bits.length / 2],
        sum / bits.length,
        bits[bits.length - 1],
        largest,
        Math.sqrt(squares / bits.length));
  }
}
