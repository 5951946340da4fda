package ai.cifer.homocryption.aggregation;

import ai.cifer.homocryption.kernel.FieldPacking;
import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.kernel.MaskingKernel;
import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import ai.cifer.homocryption.ring.CyclotomicRing;
import ai.cifer.homocryption.ring.GaussianSampler;
import ai.cifer.homocryption.ring.GaussianTable;
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
/// each of the `primes + 1` random streams. A heap buffer with [#SLACK] bytes beyond the block
/// saves a copy. Not thread-safe: one masker a thread, all may share the secret.
public final class BlockMasker implements AutoCloseable {
  /// Bytes of an output buffer beyond a block that may be overwritten in passing, if they are
  /// there.
  public static final int SLACK = PackedResidues.PADDING;

  private final AggregationParameters parameters;
  private final AggregationSecret secret;
  private final CyclotomicRing ring;
  private final UniformPolynomials uniform;
  private final AesCtrStream errorStream;
  private final GaussianSampler sampler = new GaussianSampler(GaussianTable.SIGMA_8);
  private final MaskingKernel kernel = KernelProvider.chosen().masking();
  private final FieldPacking packing;
  private final double[][] transformedSecret;
  private final byte[] random;
  private final byte[] error;
  private final double[] digits;
  private final double[][] message;
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
    this.packing = parameters.packing();
    this.random = new byte[GaussianSampler.BYTES_PER_SAMPLE * degree];
    this.error = new byte[degree];
    this.digits = new double[packing.scratchLength()];
    this.message = new double[ring.primes()][degree];
    this.packed = new byte[parameters.blockBytes() + PackedResidues.PADDING];
    this.transformedSecret = new double[ring.primes()][degree];
    int[] coefficients = new int[degree];
    secret.copyCoefficients(coefficients);
    for (int i = 0; i < ring.primes(); i++) {
      ring.transform(coefficients, i, transformedSecret[i]);
    }
    Arrays.fill(coefficients, 0);
    this.errorStream = secret.errors();
  }

  /// Masks one block and writes it.
  ///
  /// @param block number in the segment; each number once for a secret
  /// @param slots `valuesPerBlock()` values in [0, 2^b), planar; not modified
  /// @param out receives `blockBytes()` bytes at its position, which advances; up to [#SLACK] bytes
  ///   after them have no meaning afterwards
  /// @throws IllegalArgumentException if a length, the block number or a slot is out of range
  /// @throws IllegalStateException if the block was masked before, or after [#close()]
  public void mask(long block, int[] slots, ByteBuffer out) {
    requireReady(block, slots, out);
    errorStream.start(Purpose.ERROR, 0, block);
    errorStream.read(random, random.length);
    sampler.sample(random, error);
    maskWithError(block, slots, out);
  }

  /// As [#mask], with one given error in every coefficient: the worst case, for tests.
  void maskWithConstantError(long block, int[] slots, int constantError, ByteBuffer out) {
    requireReady(block, slots, out);
    Arrays.fill(error, (byte) constantError);
    maskWithError(block, slots, out);
  }

  private void requireReady(long block, int[] slots, ByteBuffer out) {
    if (closed) {
      throw new IllegalStateException("masker: closed (expected: open)");
    }
    parameters.requireBlock(block);
    Require.equal("slots", slots.length, parameters.valuesPerBlock());
    if (out.remaining() < parameters.blockBytes()) {
      throw new IllegalArgumentException(
          "out: " + out.remaining() + " bytes (expected: >= " + parameters.blockBytes() + ")");
    }
  }

  private void maskWithError(long block, int[] slots, ByteBuffer out) {
    parameters.requireSlots(kernel.message(packing, slots, error, digits, message));
    // From here on bytes are written.
    secret.claim(block);
    int length = parameters.blockBytes();
    // Straight to its place where the place has room for the last vector.
    if (out.hasArray() && out.remaining() >= length + PackedResidues.PADDING) {
      maskInto(block, out.array(), out.arrayOffset() + out.position());
      out.position(out.position() + length);
    } else {
      maskInto(block, packed, 0);
      out.put(packed, 0, length);
    }
  }

  private void maskInto(long block, byte[] out, int offset) {
    for (int i = 0; i < ring.primes(); i++) {
      ring.kernel(i).forward(message[i]);
      long prime = ring.prime(i);
      int at = offset + i * PackedResidues.bytes(parameters.degree());
      byte[] chunks = uniform.chunks(block, i);
      if (!kernel.mask(chunks, transformedSecret[i], message[i], prime, out, at)) {
        uniform.replace(block, i, prime);
        kernel.mask(chunks, transformedSecret[i], message[i], prime, out, at);
      }
    }
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
      Arrays.fill(error, (byte) 0);
      Arrays.fill(digits, 0);
      for (double[] values : message) {
        Arrays.fill(values, 0);
      }
    }
  }

  /// Names the parameters only.
  @Override
  public String toString() {
    return "BlockMasker(" + parameters.name() + ")";
  }
}
