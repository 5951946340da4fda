package ai.cifer.homocryption.ring;

import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.kernel.MaskingKernel;
import java.util.Arrays;

/// Discrete Gaussian integers from 64 random bits each: 7 bits choose a column of the alias table,
/// 56 bits decide between the column and its alias, one is the sign.
///
/// No branch and no address depends on the randomness: in vector code a look-up is a permutation of
/// registers, in scalar code every entry is looked at. How bytes become samples is written at
/// [MaskingKernel#gaussian]; each sample has exactly the weights of its [GaussianTable].
///
/// Not thread-safe; reuses one buffer.
public final class GaussianSampler {
  /// Bytes of randomness for a sample.
  public static final int BYTES_PER_SAMPLE = 8;

  private final GaussianTable table;
  private final MaskingKernel kernel;
  private final long[] scratch = new long[MaskingKernel.GAUSSIAN_SCRATCH];

  public GaussianSampler(GaussianTable table) {
    this(table, KernelProvider.chosen().masking());
  }

  /// With a given kernel, for the test that all give the same.
  GaussianSampler(GaussianTable table, MaskingKernel kernel) {
    this.table = table;
    this.kernel = kernel;
  }

  /// Turns random bytes into samples.
  ///
  /// Cost: 0.14 ns a sample with 64 byte lanes, 0.3 with 32, 13 in scalar code (Zen 5).
  ///
  /// @param random 8 bytes a sample or more
  /// @param out `|out| ≤ table.largest()`; a multiple of 64 elements
  public void sample(byte[] random, byte[] out) {
    kernel.gaussian(table.aliases(), random, out, scratch);
  }

  /// Overwrites the buffer.
  public void clear() {
    Arrays.fill(scratch, 0);
  }

  /// What the buffer holds, or-ed together, for the test that it is cleared.
  long buffered() {
    return Arrays.stream(scratch).reduce(0, (a, b) -> a | b);
  }
}
