package ai.cifer.homocryption.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Integers -1, 0 and 1 with probability 1/3 each, from 64 random bits each: the top 63 bits are
/// compared with `⌊2^63/3⌋` and `⌊2^64/3⌋`.
///
/// Each probability is within 2^-62 of 1/3, so N coefficients are within `N·2^-61` of ideal ones in
/// statistical distance. No branch and no address depends on the randomness.
public final class TernarySampler {
  /// Bytes of randomness for a sample.
  public static final int BYTES_PER_SAMPLE = 8;

  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /// `(2^63 - 2)/3 = ⌊2^63/3⌋` and `(2^64 - 1)/3 = ⌊2^64/3⌋`, less one each.
  private static final long FIRST = Long.MAX_VALUE / 3 - 1;

  private static final long SECOND = Long.divideUnsigned(-1L, 3) - 1;

  private TernarySampler() {}

  /// Turns random bytes into samples.
  ///
  /// @param random 8 bytes a sample or more, little endian
  public static void sample(byte[] random, double[] out) {
    for (int j = 0; j < out.length; j++) {
      long x = (long) LITTLE.get(random, 8 * j) >>> 1;
      out[j] = (double) (((FIRST - x) >>> 63) + ((SECOND - x) >>> 63) - 1);
    }
  }
}
