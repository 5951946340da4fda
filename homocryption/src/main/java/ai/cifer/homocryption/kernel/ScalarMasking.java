package ai.cifer.homocryption.kernel;

import static ai.cifer.homocryption.kernel.FmaArithmetic.multiply;
import static ai.cifer.homocryption.kernel.FmaArithmetic.toLong;

/// The plain Java masking kernel: element-wise loops of the shape that the C2 compiler turns into
/// vector code by itself.
public final class ScalarMasking implements MaskingKernel {
  private static final long LOW_50 = (1L << 50) - 1;

  private final double prime;
  private final double negatedInverse;

  /// `2^50 - p`, below 2^36.
  private final double complement;

  /// @param prime in (2^50 - 2^36, 2^50)
  public ScalarMasking(long prime) {
    if (!accepts(prime)) {
      throw new IllegalArgumentException(
          "prime: " + prime + " (expected: above 2^50 - 2^36 and below 2^50)");
    }
    this.prime = (double) prime;
    this.negatedInverse = -1 / this.prime;
    this.complement = 0x1p50 - this.prime;
  }

  /// Whether a modulus is close enough below 2^50.
  public static boolean accepts(long prime) {
    return prime > (1L << 50) - (1L << 36) && prime < 1L << 50;
  }

  // |product| ≤ (1/2 + 2^-22)p, so the argument of centre stays below 1.01p.
  @Override
  public void addScaled(int[] values, int offset, double factor, double[] sum) {
    for (int j = 0; j < sum.length; j++) {
      double product = multiply(values[offset + j], factor, prime, negatedInverse);
      sum[j] = FmaArithmetic.centre(sum[j] + product, prime, negatedInverse);
    }
  }

  // |product| ≤ (1/2 + 1/8)p, so the argument of centre stays below 2.7p.
  @Override
  public void mask(double[] uniform, double[] secret, double[] message, long[] out) {
    long p = (long) prime;
    for (int j = 0; j < out.length; j++) {
      double product = multiply(uniform[j], secret[j], prime, negatedInverse);
      long residue = toLong(FmaArithmetic.centre(message[j] + product, prime, negatedInverse));
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
      double product = multiply(uniform[j], secret[j], prime, negatedInverse);
      double difference = Math.fma(high, complement, low) - product;
      out[j] = FmaArithmetic.centre(difference, prime, negatedInverse);
    }
  }

  @Override
  public void subtractAndScale(double[] a, double[] digit, double factor) {
    for (int j = 0; j < a.length; j++) {
      double product = multiply(a[j] - digit[j], factor, prime, negatedInverse);
      a[j] = FmaArithmetic.centre(product, prime, negatedInverse);
    }
  }
}
