package ai.cifer.homocryption.kernel;

/// The array work of the aggregation scheme modulo one prime `p`, `2^50 - 2^36 < p < 2^50`.
///
/// Implementations differ in the instructions that they use, never in a result: every output below
/// is either canonical or centred, hence unique, except the lazily reduced transforms, whose
/// residue class is unique. They hold only tables, so one object serves all threads. No method
/// allocates, branches on a value, or indexes by a value.
///
/// All arrays have exactly N elements unless said otherwise.
public interface PrimeKernel {
  /// The negacyclic number-theoretic transform, in place: coefficients in natural order to values
  /// in bit-reversed order (see [NttTables]).
  ///
  /// @param a `|a| ≤ p/2` before, `|a| < 2p` after
  void forward(double[] a);

  /// The inverse transform including the factor `1/N`, in place.
  ///
  /// @param a `|a| ≤ p/2` before, `|a| < p` after
  void inverse(double[] a);

  /// Brings every element to its centred representative.
  ///
  /// @param a `|a| < 4p` before, `|a| ≤ (p-1)/2` after
  void centre(double[] a);

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
