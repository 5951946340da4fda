package ai.cifer.homocryption.kernel;

import ai.cifer.homocryption.kernel.WarmUp.Kind;

/// A kernel that is its scalar twin until the vector one is compiled; see [WarmUp].
final class WarmingKernel implements PrimeKernel {
  private final PrimeKernel scalar;
  private final PrimeKernel vector;
  private final WarmUp warmUp;
  private final long butterflies;
  private final boolean isShort;

  WarmingKernel(PrimeKernel scalar, PrimeKernel vector, WarmUp warmUp) {
    this.scalar = scalar;
    this.vector = vector;
    this.warmUp = warmUp;
    int degree = scalar.degree();
    this.isShort = degree == WarmUp.SHORT_DEGREE;
    this.butterflies = degree / 2L * Integer.numberOfTrailingZeros(degree);
  }

  @Override
  public long prime() {
    return scalar.prime();
  }

  @Override
  public int degree() {
    return scalar.degree();
  }

  private PrimeKernel transforms(Kind kind) {
    if (warmUp.ready(kind)) {
      return vector;
    }
    warmUp.worked(kind, butterflies);
    return scalar;
  }

  private PrimeKernel elements() {
    return warmUp.ready(Kind.TRANSFORMS) ? vector : scalar;
  }

  @Override
  public void forward(double[] a) {
    transforms(isShort ? Kind.MASKING : Kind.TRANSFORMS).forward(a);
  }

  @Override
  public void inverse(double[] a) {
    transforms(isShort ? Kind.OPENING : Kind.TRANSFORMS).inverse(a);
  }

  @Override
  public void reduce(double[] a, double[] out) {
    elements().reduce(a, out);
  }

  @Override
  public void add(double[] a, double[] b, double[] out) {
    elements().add(a, b, out);
  }

  @Override
  public void subtract(double[] a, double[] b, double[] out) {
    elements().subtract(a, b, out);
  }

  @Override
  public void negate(double[] a, double[] out) {
    elements().negate(a, out);
  }

  @Override
  public void multiply(double[] a, double[] b, double[] out) {
    elements().multiply(a, b, out);
  }

  @Override
  public void multiplyAdd(double[] a, double[] b, double[] accumulator) {
    elements().multiplyAdd(a, b, accumulator);
  }

  @Override
  public void multiply(double[] a, double constant, double[] out) {
    elements().multiply(a, constant, out);
  }

  @Override
  public void multiplyAdd(double[] a, double constant, double[] accumulator) {
    elements().multiplyAdd(a, constant, accumulator);
  }

  @Override
  public void permute(double[] a, int[] positions, double[] out) {
    elements().permute(a, positions, out);
  }
}
