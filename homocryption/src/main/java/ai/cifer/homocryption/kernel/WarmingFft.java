package ai.cifer.homocryption.kernel;

/// A transform that is its scalar twin until the vector one is compiled; see [WarmUp].
final class WarmingFft implements SpecialFft {
  private final SpecialFft scalar;
  private final SpecialFft vector;
  private final WarmUp warmUp;
  private final long butterflies;

  WarmingFft(SpecialFft scalar, SpecialFft vector, WarmUp warmUp) {
    this.scalar = scalar;
    this.vector = vector;
    this.warmUp = warmUp;
    int slots = scalar.slots();
    this.butterflies = slots / 2L * Integer.numberOfTrailingZeros(slots);
  }

  private SpecialFft current() {
    if (warmUp.ready(WarmUp.Kind.CKKS)) {
      return vector;
    }
    warmUp.worked(WarmUp.Kind.CKKS, butterflies);
    return scalar;
  }

  @Override
  public int slots() {
    return scalar.slots();
  }

  @Override
  public void toCoefficients(double[] real, double[] imaginary, double factor, double[] out) {
    current().toCoefficients(real, imaginary, factor, out);
  }

  @Override
  public void toSlots(double[] coefficients, double factor, double[] real, double[] imaginary) {
    current().toSlots(coefficients, factor, real, imaginary);
  }
}
