package ai.cifer.homocryption.kernel;

/// Fused passes that are the scalar twin's until the vector one is compiled; see [WarmUp].
final class WarmingFused implements FusedKernel {
  private final FusedKernel scalar;
  private final FusedKernel vector;
  private final WarmUp warmUp;

  WarmingFused(FusedKernel scalar, FusedKernel vector, WarmUp warmUp) {
    this.scalar = scalar;
    this.vector = vector;
    this.warmUp = warmUp;
  }

  private FusedKernel current() {
    return warmUp.ready(WarmUp.Kind.CKKS) ? vector : scalar;
  }

  @Override
  public void innerProducts(
      double[][] x, double[][] b, double[][] a, int count, double[] sum0, double[] sum1) {
    current().innerProducts(x, b, a, count, sum0, sum1);
  }

  @Override
  public void subtractAndScale(double[] a, double[] b, double factor, double[] out) {
    current().subtractAndScale(a, b, factor, out);
  }

  @Override
  public void subtractScaleAndAdd(double[] a, double[] b, double factor, double[] c, double[] out) {
    current().subtractScaleAndAdd(a, b, factor, c, out);
  }

  @Override
  public void multiplyAndAdd(double[] a, double[] b, double[] c, double[] out) {
    current().multiplyAndAdd(a, b, c, out);
  }

  @Override
  public void tensor(
      double[] a0,
      double[] a1,
      double[] b0,
      double[] b1,
      double[] out0,
      double[] out1,
      double[] out2) {
    current().tensor(a0, a1, b0, b1, out0, out1, out2);
  }

  @Override
  public void square(double[] a0, double[] a1, double[] out0, double[] out1, double[] out2) {
    current().square(a0, a1, out0, out1, out2);
  }

  @Override
  public void combine(double[][] digits, int count, double[] factors, double[] out) {
    current().combine(digits, count, factors, out);
  }
}
