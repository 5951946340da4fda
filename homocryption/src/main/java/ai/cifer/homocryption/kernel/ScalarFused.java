package ai.cifer.homocryption.kernel;

/// [FusedKernel] in plain Java.
///
/// A product is at most `(1/2 + |a|·2^-53)·p`, so for centred or foreign residues (`|a| < 2^50`) at
/// most 5/8 p, and every sum below stays within the 2^52 that [FmaArithmetic#centre] takes.
public final class ScalarFused implements FusedKernel {
  private final double prime;
  private final double negatedInverse;

  /// @param prime odd, below 2^50
  public ScalarFused(long prime) {
    this.prime = (double) prime;
    this.negatedInverse = -1 / (double) prime;
  }

  private double product(double a, double b) {
    return FmaArithmetic.multiply(a, b, prime, negatedInverse);
  }

  private double centre(double x) {
    return FmaArithmetic.centre(x, prime, negatedInverse);
  }

  @Override
  public void innerProducts(
      double[][] x, double[][] b, double[][] a, int count, double[] sum0, double[] sum1) {
    for (int j = 0; j < sum0.length; j++) {
      sum0[j] = centre(product(x[0][j], b[0][j]));
      sum1[j] = centre(product(x[0][j], a[0][j]));
    }
    for (int k = 1; k < count; k++) {
      multiplyAndAdd(x[k], b[k], sum0, sum0);
      multiplyAndAdd(x[k], a[k], sum1, sum1);
    }
  }

  @Override
  public void subtractAndScale(double[] a, double[] b, double factor, double[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] = centre(product(a[j] - b[j], factor));
    }
  }

  @Override
  public void subtractScaleAndAdd(double[] a, double[] b, double factor, double[] c, double[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] = centre(product(a[j] - b[j], factor) + c[j]);
    }
  }

  @Override
  public void multiplyAndAdd(double[] a, double[] b, double[] c, double[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] = centre(product(a[j], b[j]) + c[j]);
    }
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
    for (int j = 0; j < out0.length; j++) {
      double x0 = a0[j];
      double x1 = a1[j];
      double y0 = b0[j];
      double y1 = b1[j];
      out0[j] = centre(product(x0, y0));
      out1[j] = centre(product(x0, y1) + product(x1, y0));
      out2[j] = centre(product(x1, y1));
    }
  }

  @Override
  public void square(double[] a0, double[] a1, double[] out0, double[] out1, double[] out2) {
    for (int j = 0; j < out0.length; j++) {
      double x0 = a0[j];
      double x1 = a1[j];
      out0[j] = centre(product(x0, x0));
      out1[j] = centre(2 * product(x0, x1));
      out2[j] = centre(product(x1, x1));
    }
  }

  @Override
  public void combine(double[][] digits, int count, double[] factors, double[] out) {
    double[] first = digits[0];
    for (int j = 0; j < out.length; j++) {
      out[j] = centre(product(first[j], factors[0]));
    }
    for (int i = 1; i < count; i++) {
      double[] digit = digits[i];
      double factor = factors[i];
      for (int j = 0; j < out.length; j++) {
        out[j] = centre(out[j] + product(digit[j], factor));
      }
    }
  }
}
