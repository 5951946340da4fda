package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.FmaArithmetic.centre;

/// The plain Java kernel: radix-4 transforms and element-wise loops over centred doubles.
///
/// The element-wise loops have the shape that the C2 compiler turns into vector code by itself; the
/// transforms, whose four rows lie in one array, it does not.
///
/// A product of centred residues is at most `(1/2 + 1/16)p`, so that with a centred addend the
/// argument of [FmaArithmetic#centre] stays below 1.1p.
public final class ScalarKernel implements PrimeKernel {
  private final NttTables tables;
  private final double prime;
  private final double negatedInverse;

  public ScalarKernel(NttTables tables) {
    this.tables = tables;
    this.prime = tables.prime;
    this.negatedInverse = -1 / tables.prime;
  }

  @Override
  public long prime() {
    return (long) prime;
  }

  @Override
  public int degree() {
    return tables.degree;
  }

  @Override
  public void forward(double[] a) {
    ScalarNtt.forward(a, tables.forward, prime, negatedInverse);
  }

  @Override
  public void inverse(double[] a) {
    ScalarNtt.inverse(
        a, tables.inverse, tables.degreeInverse, tables.scaledLastInverse, prime, negatedInverse);
  }

  @Override
  public void reduce(double[] a, double[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] = centre(a[j], prime, negatedInverse);
    }
  }

  @Override
  public void add(double[] a, double[] b, double[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] = centre(a[j] + b[j], prime, negatedInverse);
    }
  }

  @Override
  public void subtract(double[] a, double[] b, double[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] = centre(a[j] - b[j], prime, negatedInverse);
    }
  }

  // 0 - x and not -x: a zero stays +0, so that equal residues have equal bits.
  @Override
  public void negate(double[] a, double[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] = 0 - a[j];
    }
  }

  @Override
  public void multiply(double[] a, double[] b, double[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] = product(a[j], b[j]);
    }
  }

  @Override
  public void multiplyAdd(double[] a, double[] b, double[] accumulator) {
    for (int j = 0; j < accumulator.length; j++) {
      double sum = accumulator[j] + FmaArithmetic.multiply(a[j], b[j], prime, negatedInverse);
      accumulator[j] = centre(sum, prime, negatedInverse);
    }
  }

  @Override
  public void multiply(double[] a, double constant, double[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] = product(a[j], constant);
    }
  }

  @Override
  public void multiplyAdd(double[] a, double constant, double[] accumulator) {
    for (int j = 0; j < accumulator.length; j++) {
      double sum = accumulator[j] + FmaArithmetic.multiply(a[j], constant, prime, negatedInverse);
      accumulator[j] = centre(sum, prime, negatedInverse);
    }
  }

  @Override
  public void permute(double[] a, int[] positions, double[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] = a[positions[j]];
    }
  }

  private double product(double a, double b) {
    double lazy = FmaArithmetic.multiply(a, b, prime, negatedInverse);
    return centre(lazy, prime, negatedInverse);
  }
}
