package ai.cifer.homocryption.rns;

import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Random polynomials of one 256-bit seed: uniform ones directly in the transformed domain, ternary
/// and Gaussian (σ = 3.19) ones as small integers.
///
/// Not thread-safe. [#close()] overwrites the seed and the buffers.
public final class RnsSampler implements AutoCloseable {
  /// Standard deviation of the errors.
  public static final double SIGMA = 3.19;

  /// No error exceeds this in magnitude: more than 12σ, a tail below 2^-110.
  public static final int ERROR_BOUND = 40;

  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long[] THRESHOLDS = thresholds();

  private final AesCtrStream stream;
  private byte[] bytes = new byte[0];

  /// @param seed 32 bytes; copied
  public RnsSampler(byte[] seed) {
    this.stream = new AesCtrStream(seed);
  }

  /// The uniform polynomial number `block`, one row for each prime in `primes`.
  public RnsPolynomial uniform(RnsRing ring, int[] primes, long block, boolean extended) {
    double[][] rows = new double[primes.length][ring.degree()];
    for (int i = 0; i < primes.length; i++) {
      uniform(ring.prime(primes[i]), primes[i], block, rows[i]);
    }
    return new RnsPolynomial(rows, extended);
  }

  /// Uniform centred residues by rejection: the low bits of 64-bit words, those at or above the
  /// prime skipped.
  private void uniform(long prime, int index, long block, double[] out) {
    long mask = (Long.highestOneBit(prime) << 1) - 1;
    double half = (prime - 1) / 2.0;
    stream.start(Purpose.UNIFORM, index, block);
    for (int done = 0; done < out.length; ) {
      int words = out.length - done + 16;
      fill(8 * words);
      for (int w = 0; w < words && done < out.length; w++) {
        long x = (long) LITTLE.get(bytes, 8 * w) & mask;
        if (x < prime) {
          out[done++] = x > half ? x - prime : x;
        }
      }
    }
  }

  /// Ternary coefficients, each of -1, 0, 1 with probability 1/3: `⌊3·x/2^32⌋ - 1` of 32-bit words,
  /// off by less than 2^-31.
  public void ternary(Purpose purpose, long block, double[] out) {
    stream.start(purpose, 0, block);
    fill(8 * ((out.length + 1) / 2));
    for (int j = 0; j < out.length; j++) {
      long word = (long) LITTLE.get(bytes, 8 * (j / 2)) >>> (32 * (j & 1)) & 0xFFFFFFFFL;
      out[j] = ((3 * word) >>> 32) - 1;
    }
  }

  /// Discrete Gaussian coefficients by comparison with every threshold.
  public void gaussian(Purpose purpose, int index, long block, double[] out) {
    stream.start(purpose, index, block);
    fill(8 * out.length);
    for (int j = 0; j < out.length; j++) {
      long word = (long) LITTLE.get(bytes, 8 * j);
      long uniform = word & Long.MAX_VALUE;
      long magnitude = 0;
      for (long threshold : THRESHOLDS) {
        magnitude += (threshold - uniform) >>> 63;
      }
      long sign = word >> 63;
      out[j] = (magnitude ^ sign) - sign;
    }
  }

  private void fill(int length) {
    if (bytes.length < length) {
      Arrays.fill(bytes, (byte) 0);
      bytes = new byte[length];
    }
    stream.read(bytes, length);
  }

  private static long[] thresholds() {
    double[] density = new double[ERROR_BOUND + 1];
    double sum = 0;
    for (int k = 0; k <= ERROR_BOUND; k++) {
      density[k] = (k == 0 ? 1 : 2) * Math.exp(-k * k / (2 * SIGMA * SIGMA));
      sum += density[k];
    }
    long[] thresholds = new long[ERROR_BOUND];
    double cumulative = 0;
    for (int k = 0; k < ERROR_BOUND; k++) {
      cumulative += density[k] / sum;
      thresholds[k] = (long) Math.min(cumulative * 0x1p63, 0x1.fffffffffffffp62);
    }
    return thresholds;
  }

  @Override
  public void close() {
    stream.close();
    Arrays.fill(bytes, (byte) 0);
  }
}
