package ai.cifer.homocryption.kernel;

/// What [PrimeKernel] does one step at a time, several steps in one pass over memory: these loops
/// wait for loads and stores, not for arithmetic.
///
/// All residues are centred, as there, and so are all results. Implementations differ in the
/// instructions that they use, never in a result. No method allocates, branches on a value, or
/// indexes by a value. All arrays have N elements; an output may be the same array as an input.
public interface FusedKernel {
  /// `sum0 = Σ x_k·b_k`, `sum1 = Σ x_k·a_k`: the inner product of digits with a switching key.
  ///
  /// The keys come from memory once.
  ///
  /// @param x `count` digits
  /// @param b as many first halves
  /// @param a as many second halves
  /// @param sum0 another array than the inputs
  /// @param sum1 another array than the inputs
  void innerProducts(
      double[][] x, double[][] b, double[][] a, int count, double[] sum0, double[] sum1);

  /// `out = (a - b)·factor`.
  void subtractAndScale(double[] a, double[] b, double factor, double[] out);

  /// `out = (a - b)·factor + c`.
  void subtractScaleAndAdd(double[] a, double[] b, double factor, double[] c, double[] out);

  /// `out = a·b + c`.
  void multiplyAndAdd(double[] a, double[] b, double[] c, double[] out);

  /// The three polynomials of `(a0 + a1·s)·(b0 + b1·s)`.
  void tensor(
      double[] a0,
      double[] a1,
      double[] b0,
      double[] b1,
      double[] out0,
      double[] out1,
      double[] out2);

  /// The three polynomials of `(a0 + a1·s)²`.
  void square(double[] a0, double[] a1, double[] out0, double[] out1, double[] out2);

  /// `out = Σ_i digits[i]·factors[i]`, a base conversion.
  ///
  /// @param digits residues of any primes, `|digit| < 2^50`
  /// @param count 2 or more of them
  /// @param factors centred
  /// @param out another array than the digits
  void combine(double[][] digits, int count, double[] factors, double[] out);
}
