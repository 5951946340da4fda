package ai.cifer.homocryption.kernel;

/// The complex transform between the slots of CKKS and the coefficients of its polynomials.
///
/// With n = N/2 and ζ = exp(2πi/2N), slot j is the value at `ζ^(5^j)` of the real polynomial whose
/// coefficient k < n is the real part of `z_k`, and coefficient k + n its imaginary part; since
/// `(ζ^(5^j))^n = i`, that value is `Σ z_k·ζ^(5^j·k)`.
///
/// Implementations differ in the instructions that they use, never in a bit of the result.
public interface SpecialFft {
  /// n, a power of two.
  int slots();

  /// Slots to n times the coefficients, in place.
  void toCoefficients(double[] real, double[] imaginary);

  /// Coefficients to slots, in place.
  void toSlots(double[] real, double[] imaginary);
}
