package ai.cifer.homocryption.kernel;

/// The array work that only the aggregation scheme needs, modulo one prime `p`, `2^50 - 2^36 < p <
/// 2^50`.
///
/// As of [PrimeKernel]: implementations never differ in a result, hold no state that changes, do
/// not allocate, and neither branch on a value nor index by one. All arrays have exactly N elements
/// unless said otherwise.
public interface MaskingKernel {
  /// `sum[j] += factor·values[offset + j] mod p`, centred.
  ///
  /// @param values any ints; `offset + N` elements or more
  /// @param factor `|factor| ≤ p/2`
  /// @param sum `|sum| ≤ p/2` before and after
  void addScaled(int[] values, int offset, double factor, double[] sum);

  /// `out[j] = message[j] + uniform[j]·secret[j] mod p`, canonical in [0, p).
  ///
  /// @param uniform in [0, p)
  /// @param secret `|secret| ≤ p/2`
  /// @param message `|message| < 2p`
  void mask(double[] uniform, double[] secret, double[] message, long[] out);

  /// `out[j] = sum[offset + j] - uniform[j]·secret[j] mod p`, centred.
  ///
  /// @param sum in [0, 2^63); `offset + N` elements or more
  /// @param uniform in [0, p)
  /// @param secret `|secret| ≤ p/2`
  void unmask(long[] sum, int offset, double[] uniform, double[] secret, double[] out);

  /// `a[j] = (a[j] - digit[j])·factor mod p`, centred: one step of Garner's lift.
  ///
  /// @param a `|a| < 2p` before, centred after
  /// @param digit `|digit| < 2p`
  /// @param factor `|factor| ≤ p/2`
  void subtractAndScale(double[] a, double[] digit, double factor);
}
