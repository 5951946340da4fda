package ai.cifer.homocryption.aggregation;

import ai.cifer.homocryption.kernel.MaskingKernel;
import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import ai.cifer.homocryption.ring.CyclotomicRing;
import ai.cifer.homocryption.ring.GaussianSampler;
import ai.cifer.homocryption.ring.PackedResidues;
import ai.cifer.homocryption.ring.UniformPolynomials;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Masks the blocks of one segment: `c = a·s + T·e + m (mod Q)`, in the transformed domain.
///
/// For block k and each prime: `a` is expanded from the public seed, `e` is sampled from the
/// secret's error seed, `m[j] = Σ_f slot[f·N + j]·2^(F·f)`, and `NTT(T·e + m) + a∘NTT(s)` is
/// written as canonical residues of 50 bits (see [PackedResidues]), prime after prime.
///
/// Security: RLWE with one polynomial a block under one secret; the secret refuses to mask a block
/// twice. Blocks are not authenticated.
///
/// Cost: `primes` transforms of length N a block; no allocation but ~128 bytes inside the JDK for
/// each of the `primes + 1` random streams. Not thread-safe: one masker a thread, all may share the
/// secret.
public final class BlockMasker implements AutoCloseable {
  private final AggregationParameters parameters;
  private final AggregationSecret secret;
  private final CyclotomicRing ring;
  private final UniformPolynomials uniform;
  private final AesCtrStream errorStream;
  private final GaussianSampler sampler = new GaussianSampler();

  /// `fieldFactors[i][f] = 2^(F·f) mod p_i`; entry `fields` is T.
  private final double[][] fieldFactors;

  private final double[][] transformedSecret;
  private final byte[] random;
  private final int[] error;
  private final double[] message;
  private final double[] polynomial;
  private final long[] residues;
  private final byte[] packed;
  private boolean closed;

  /// @param publicSeed seed_a of the segment, 32 bytes, the same for all clients
  /// @param secret fresh for this segment and attempt; stays the caller's to close
  public BlockMasker(
      AggregationParameters parameters, byte[] publicSeed, AggregationSecret secret) {
    if (secret.parameters() != parameters) {
      throw new IllegalArgumentException(
          "parameters: "
              + parameters.name()
              + " (expected: those of the secret, "
              + secret.parameters().name()
              + ")");
    }
    int degree = parameters.degree();
    this.parameters = parameters;
    this.secret = secret;
    this.ring = parameters.ring();
    this.uniform = new UniformPolynomials(publicSeed, degree);
    this.random = new byte[GaussianSampler.BYTES_PER_SAMPLE * degree];
    this.error = new int[degree];
    this.message = new double[degree];
    this.polynomial = new double[degree];
    this.residues = new long[degree];
    this.packed = new byte[parameters.blockBytes()];
    this.fieldFactors = new double[ring.primes()][parameters.fields() + 1];
    this.transformedSecret = new double[ring.primes()][degree];
    secret.copyCoefficients(error);
    for (int i = 0; i < ring.primes(); i++) {
      for (int f = 0; f <= parameters.fields(); f++) {
        fieldFactors[i][f] = parameters.powerOfTwo(f * parameters.fieldBits(), i);
      }
      ring.transform(error, i, transformedSecret[i]);
    }
    Arrays.fill(error, 0);
    this.errorStream = secret.errors();
  }

  /// Masks one block and writes it.
  ///
  /// @param block number in the segment; each number once for a secret
  /// @param slots `valuesPerBlock()` values in [0, 2^b), planar; not modified
  /// @param out receives `blockBytes()` bytes at its position, which advances
  /// @throws IllegalArgumentException if a length, the block number or a slot is out of range
  /// @throws IllegalStateException if the block was masked before, or after [#close()]
  public void mask(long block, int[] slots, ByteBuffer out) {
    requireReady(block, slots, out);
    secret.claim(block);
    errorStream.start(Purpose.ERROR, 0, block);
    errorStream.read(random, random.length);
    sampler.sample(random, error);
    maskWithError(block, slots, out);
  }

  /// As [#mask], with one given error in every coefficient: the worst case, for tests.
  void maskWithConstantError(long block, int[] slots, int constantError, ByteBuffer out) {
    requireReady(block, slots, out);
    secret.claim(block);
    Arrays.fill(error, constantError);
    maskWithError(block, slots, out);
  }

  private void requireReady(long block, int[] slots, ByteBuffer out) {
    if (closed) {
      throw new IllegalStateException("masker: closed (expected: open)");
    }
    parameters.requireBlock(block);
    Require.equal("slots", slots.length, parameters.valuesPerBlock());
    if (out.remaining() < packed.length) {
      throw new IllegalArgumentException(
          "out: " + out.remaining() + " bytes (expected: >= " + packed.length + ")");
    }
    parameters.requireSlots(slots);
  }

  private void maskWithError(long block, int[] slots, ByteBuffer out) {
    int fields = parameters.fields();
    int degree = parameters.degree();
    for (int i = 0; i < ring.primes(); i++) {
      MaskingKernel masking = ring.masking(i);
      Arrays.fill(message, 0);
      for (int f = 0; f < fields; f++) {
        masking.addScaled(slots, f * degree, fieldFactors[i][f], message);
      }
      masking.addScaled(error, 0, fieldFactors[i][fields], message);
      ring.kernel(i).forward(message);
      uniform.expand(block, i, ring.prime(i), polynomial);
      masking.mask(polynomial, transformedSecret[i], message, residues);
      PackedResidues.pack(residues, packed, i * PackedResidues.bytes(degree));
    }
    out.put(packed);
  }

  /// Zeroes what was derived from the secret; the secret itself stays open.
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      errorStream.close();
      sampler.clear();
      for (double[] values : transformedSecret) {
        Arrays.fill(values, 0);
      }
      Arrays.fill(random, (byte) 0);
      Arrays.fill(error, 0);
      Arrays.fill(message, 0);
    }
  }

  /// Names the parameters only.
  @Override
  public String toString() {
    return "BlockMasker(" + parameters.name() + ")";
  }
}
