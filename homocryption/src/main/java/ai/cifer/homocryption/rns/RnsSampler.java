package ai.cifer.homocryption.rns;

import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import ai.cifer.homocryption.ring.GaussianSampler;
import ai.cifer.homocryption.ring.GaussianTable;
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

  /// No error exceeds this in magnitude; the largest that has a weight of 2^-63 or more is 29.
  public static final int ERROR_BOUND = 40;

  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final GaussianTable TABLE = new GaussianTable(Double.toString(SIGMA));

  private final AesCtrStream stream;
  private final GaussianSampler gaussian = new GaussianSampler(TABLE);
  private byte[] bytes = new byte[0];
  private byte[] errors = new byte[0];

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

  /// Discrete Gaussian coefficients, see [GaussianSampler].
  ///
  /// @param out a multiple of 64 elements
  public void gaussian(Purpose purpose, int index, long block, double[] out) {
    stream.start(purpose, index, block);
    fill(GaussianSampler.BYTES_PER_SAMPLE * out.length);
    if (errors.length != out.length) {
      Arrays.fill(errors, (byte) 0);
      errors = new byte[out.length];
    }
    gaussian.sample(bytes, errors);
    for (int j = 0; j < out.length; j++) {
      out[j] = errors[j];
    }
  }

  private void fill(int length) {
    if (bytes.length < length) {
      Arrays.fill(bytes, (byte) 0);
      bytes = new byte[length];
    }
    stream.read(bytes, length);
  }

  @Override
  public void close() {
    stream.close();
    gaussian.clear();
    Arrays.fill(bytes, (byte) 0);
    Arrays.fill(errors, (byte) 0);
  }
}
