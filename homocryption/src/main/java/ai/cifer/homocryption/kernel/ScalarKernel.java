package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.FmaArithmetic.multiply;
import static ai.cifer.homocryption.kernel.FmaArithmetic.toLong;

/// The plain Java kernel: radix-4 transforms and element-wise loops over centred doubles.
///
/// The element-wise loops have the shape that the C2 compiler turns into vector code by itself; the
/// transforms, whose four rows lie in one array, it does not.
public final class ScalarKernel implements PrimeKernel {
  private static final long LOW_50 = (1L << 50) - 1;

  private final NttTables tables;
  private final double prime;
  private final double negatedPrime;
  private final double inversePrime;

  /// `2^50 - p`, below 2^36.
  private final double complement;

  public ScalarKernel(NttTables tables) {
    this.tables = tables;
    this.prime = tables.prime;
    this.negatedPrime = -prime;
    this.inversePrime = 1 / prime;
    this.complement = 0x1p50 - prime;
  }

  @Override
  public void forward(double[] a) {
    ScalarNtt.forward(a, tables.forward, negatedPrime, inversePrime);
  }

  @Override
  public void inverse(double[] a) {
    ScalarNtt.inverse(
        a,
        tables.inverse,
        tables.degreeInverse,
        tables.scaledLastInverse,
        negatedPrime,
        inversePrime);
  }

  @Override
  public void centre(double[] a) {
    for (int j = 0; j < a.length; j++) {
      a[j] = FmaArithmetic.centre(a[j], negatedPrime, inversePrime);
    }
  }

  // |product| ≤ (1/2 + 2^-22)p, so the argument of centre stays below 1.01p.
  @Override
  public void addScaled(int[] values, int offset, double factor, double[] sum) {
    for (int j = 0; j < sum.length; j++) {
      double product = multiply(values[offset + j], factor, negatedPrime, inversePrime);
      sum[j] = FmaArithmetic.centre(sum[j] + product, negatedPrime, inversePrime);
    }
  }

  // |product| ≤ (1/2 + 1/8)p, so the argument of centre stays below 2.7p.
  @Override
  public void mask(double[] uniform, double[] secret, double[] message, long[] out) {
    long p = (long) prime;
    for (int j = 0; j < out.length; j++) {
      double product = multiply(uniform[j], secret[j], negatedPrime, inversePrime);
      long residue = toLong(FmaArithmetic.centre(message[j] + product, negatedPrime, inversePrime));
      out[j] = residue + ((residue >> 63) & p);
    }
  }

  // sum = high·2^50 + low ≡ high·(2^50 - p) + low, with high < 2^13 and 2^50 - p < 2^36: the
  // sum is an integer under 2p, exact; the argument of centre stays below 2.7p.
  @Override
  public void unmask(long[] sum, int offset, double[] uniform, double[] secret, double[] out) {
    for (int j = 0; j < out.length; j++) {
      double high = sum[offset + j] >>> 50;
      double low = sum[offset + j] & LOW_50;
      double product = multiply(uniform[j], secret[j], negatedPrime, inversePrime);
      double difference = Math.fma(high, complement, low) - product;
      out[j] = FmaArithmetic.centre(difference, negatedPrime, inversePrime);
    }
  }

  @Override
  public void subtractAndScale(double[] a, double[] digit, double factor) {
    for (int j = 0; j < a.length; j++) {
      double product = multiply(a[j] - digit[j], factor, negatedPrime, inversePrime);
      a[j] = FmaArithmetic.centre(product, negatedPrime, inversePrime);
    }
  }
}
