package ai.cifer.homocryption.kernel;

/// Arithmetic on polynomials modulo one odd prime `p < 2^50`, as arrays of doubles that hold
/// integers.
///
/// Every residue that a method takes or gives is **centred**, `|x| ≤ (p-1)/2`, hence unique, unless
/// a parameter says otherwise. Implementations differ in the instructions that they use, never in a
/// result. They hold only tables, so one object serves all threads. No method allocates, branches
/// on a value, or indexes by a value.
///
/// All arrays have exactly N = [#degree()] elements. An output may be the same array as an input
/// unless a method says otherwise; parts of arrays do not overlap because arrays are whole.
public interface PrimeKernel {
  /// p.
  long prime();

  /// N, a power of two.
  int degree();

  /// The negacyclic number-theoretic transform, in place: coefficients in natural order to values
  /// in bit-reversed order (see [NttTables]).
  void forward(double[] a);

  /// The inverse transform including the factor `1/N`, in place.
  void inverse(double[] a);

  /// `out[j] = a[j] mod p`.
  ///
  /// @param a any integers, `|a| ≤ 2^51`
  void reduce(double[] a, double[] out);

  /// `out[j] = a[j] + b[j] mod p`.
  void add(double[] a, double[] b, double[] out);

  /// `out[j] = a[j] - b[j] mod p`.
  void subtract(double[] a, double[] b, double[] out);

  /// `out[j] = -a[j] mod p`.
  void negate(double[] a, double[] out);

  /// `out[j] = a[j]·b[j] mod p`.
  void multiply(double[] a, double[] b, double[] out);

  /// `accumulator[j] += a[j]·b[j] mod p`.
  void multiplyAdd(double[] a, double[] b, double[] accumulator);

  /// `out[j] = constant·a[j] mod p`.
  void multiply(double[] a, double constant, double[] out);

  /// `accumulator[j] += constant·a[j] mod p`.
  void multiplyAdd(double[] a, double constant, double[] accumulator);

  /// `out[j] = a[positions[j]]`: an automorphism in the transformed domain.
  ///
  /// @param positions public, each in [0, N)
  /// @param out another array than `a`
  void permute(double[] a, int[] positions, double[] out);
}
