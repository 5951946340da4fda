package ai.cifer.homocryption.rns;

import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import ai.cifer.homocryption.ring.GaussianSampler;
import ai.cifer.homocryption.ring.GaussianTable;
import ai.cifer.homocryption.ring.TernarySampler;
import ai.cifer.homocryption.ring.UniformResidues;
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

  private static final GaussianTable TABLE = new GaussianTable(Double.toString(SIGMA));

  private final AesCtrStream stream;
  private final GaussianSampler gaussian = new GaussianSampler(TABLE);
  private byte[] bytes = new byte[0];
  private byte[] errors = new byte[0];

  /// @param seed 32 bytes; copied
  public RnsSampler(byte[] seed) {
    this.stream = new AesCtrStream(seed);
  }

  /// The uniform polynomial number `block`, one row for each prime in `primes`, see
  /// [UniformResidues].
  public RnsPolynomial uniform(RnsRing ring, int[] primes, long block, boolean extended) {
    var residues = new UniformResidues(stream, ring.degree());
    double[][] rows = new double[primes.length][ring.degree()];
    for (int i = 0; i < primes.length; i++) {
      residues.fill(ring.prime(primes[i]), primes[i], block, rows[i]);
    }
    residues.clear();
    return new RnsPolynomial(rows, extended);
  }

  /// Ternary coefficients, see [TernarySampler].
  public void ternary(Purpose purpose, long block, double[] out) {
    stream.start(purpose, 0, block);
    fill(TernarySampler.BYTES_PER_SAMPLE * out.length);
    TernarySampler.sample(bytes, out);
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
