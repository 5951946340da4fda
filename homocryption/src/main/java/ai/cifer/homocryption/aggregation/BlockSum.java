package ai.cifer.homocryption.aggregation;

import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.kernel.MaskingKernel;
import ai.cifer.homocryption.ring.PackedResidues;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// The sum of one block over clients, still masked: `C = Σ c_i (mod Q)`.
///
/// Residues are added as plain longs and reduced every 4,096 blocks: `2^12·2^50 + 2^50 < 2^63`.
/// Memory: 8 bytes a residue, 64 KiB for the default parameters, whatever the number of clients.
///
/// Not thread-safe; reuse one object with [#clear()].
public final class BlockSum {
  private static final int ADDITIONS_UNREDUCED = 1 << 12;

  private final AggregationParameters parameters;
  private final long[] sums;
  private final byte[] bytes;
  private final MaskingKernel kernel = KernelProvider.chosen().masking();
  private int count;
  private int unreduced;

  public BlockSum(AggregationParameters parameters) {
    this.parameters = parameters;
    this.sums = new long[parameters.primes() * parameters.degree()];
    this.bytes = new byte[parameters.blockBytes() + PackedResidues.PADDING];
  }

  /// Adds one client's block; a refused block leaves the sum as it was.
  ///
  /// Every residue is loaded once, judged and added as it was judged. Buffers outside the heap,
  /// which another process may write to, are copied first, so that a refused block is taken back
  /// with the content that was added.
  ///
  /// @param block its next `blockBytes()` bytes are taken; the position advances only on success
  /// @throws MalformedBlock if bytes are missing or a residue is not below its prime
  /// @throws IllegalStateException if `n_max` blocks are in the sum already
  public void add(ByteBuffer block) {
    int length = parameters.blockBytes();
    if (block.remaining() < length) {
      throw new MalformedBlock(
          "block: " + block.remaining() + " bytes (expected: " + length + "), truncated");
    }
    if (count == parameters.maxClients()) {
      throw new IllegalStateException(
          "clients: " + (count + 1L) + " (expected: <= n_max = " + parameters.maxClients() + ")");
    }
    if (block.hasArray()) {
      add(block.array(), block.arrayOffset() + block.position());
    } else {
      block.get(block.position(), bytes, 0, length);
      add(bytes, 0);
    }
    block.position(block.position() + length);
    count++;
    if (++unreduced == ADDITIONS_UNREDUCED) {
      reduce();
    }
  }

  private void add(byte[] in, int offset) {
    int degree = parameters.degree();
    boolean canonical = true;
    for (int i = 0; i < parameters.primes(); i++) {
      int at = offset + i * PackedResidues.bytes(degree);
      canonical &= kernel.fold(in, at, parameters.prime(i), sums, i * degree, degree);
    }
    if (!canonical) {
      System.arraycopy(in, offset, bytes, 0, parameters.blockBytes());
      PackedResidues.subtract(bytes, 0, sums);
      throw new MalformedBlock("residue: not below its prime (expected: canonical residues)");
    }
  }

  private void reduce() {
    int degree = parameters.degree();
    for (int j = 0; j < sums.length; j++) {
      sums[j] %= parameters.prime(j / degree);
    }
    unreduced = 0;
  }

  /// Blocks in the sum.
  public int count() {
    return count;
  }

  /// The parameters of the blocks.
  public AggregationParameters parameters() {
    return parameters;
  }

  /// Back to the empty sum.
  public void clear() {
    Arrays.fill(sums, 0);
    count = 0;
    unreduced = 0;
  }

  /// Residue sums, prime after prime, each in [0, 2^63); not to be modified.
  long[] sums() {
    return sums;
  }
}
