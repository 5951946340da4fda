package ai.cifer.homocryption.kernel;

/// The complex transform between the slots of CKKS and the coefficients of its polynomials.
///
/// With n = N/2 and ζ = exp(2πi/2N), slot j is the value at `ζ^(5^j)` of the real polynomial whose
/// coefficient k < n is the real part of `z_k`, and coefficient k + n its imaginary part; since
/// `(ζ^(5^j))^n = i`, that value is `Σ z_k·ζ^(5^j·k)`.
///
/// Implementations differ in the instructions that they use, never in a bit of the result.
public interface SpecialFft {
  /// n, a power of two ≥ 64.
  int slots();

  /// Slots to coefficients.
  ///
  /// @param real real parts of n slots; overwritten
  /// @param imaginary imaginary parts; overwritten
  /// @param factor what the slots are multiplied by; holds the 1/n of the inverse transform
  /// @param out 2n coefficients, not rounded
  void toCoefficients(double[] real, double[] imaginary, double factor, double[] out);

  /// Coefficients to slots.
  ///
  /// @param coefficients 2n of them; overwritten
  /// @param factor what they are multiplied by
  /// @param real real parts of n slots
  /// @param imaginary imaginary parts
  void toSlots(double[] coefficients, double factor, double[] real, double[] imaginary);
}
