package ai.cifer.homocryption.aggregation;

import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.kernel.MaskingKernel;
import ai.cifer.homocryption.ring.CentredLift;
import ai.cifer.homocryption.ring.CyclotomicRing;
import ai.cifer.homocryption.ring.UniformPolynomials;

/// Opens sums of blocks with the sum of the clients' secrets, `s_U = Σ s_i`.
///
/// `X = INTT(C - a∘NTT(s_U)) = T·E + M`, lifted to the integer of smallest magnitude; `M = X mod T`
/// holds the field sums, `E = ⌊X/T⌋` the sum of the errors. For blocks of honest clients this is
/// exact without exception, because `|X| ≤ T·(127·n_max + 1) < Q/2`.
///
/// `|s_U| ≤ 127·|U|` and `|E| ≤ 127·|U|` are checked. A wrong `s_U` makes E uniform in `Q/T`
/// values, so one block passes with probability `((254·|U| + 1)·T/Q)^N`: at most 2^-23 for any row
/// of the table (K1 at n_max), 2^-46 for the default at n_max, below 2^-4000 at half of it. The
/// checks prove nothing about a client that deviates within the bounds.
///
/// Cost: `primes` inverse transforms a block. Not thread-safe: one opener a thread.
public final class BlockOpener {
  private final AggregationParameters parameters;
  private final CyclotomicRing ring;
  private final int clients;
  private final UniformPolynomials uniform;
  private final CentredLift lift;
  private final MaskingKernel kernel = KernelProvider.chosen().masking();
  private final double[][] transformedSecrets;
  private final double[][] residues;
  private final long[][] words;

  /// @param publicSeed seed_a of the segment, 32 bytes
  /// @param sumOfSecrets the N coefficients of `s_U`; not modified
  /// @param clients |U|, in [1, n_max]
  /// @throws OpeningFailed if a coefficient of `s_U` is beyond `127·|U|`
  public BlockOpener(
      AggregationParameters parameters, byte[] publicSeed, int[] sumOfSecrets, int clients) {
    Require.equal("s_U", sumOfSecrets.length, parameters.degree());
    parameters.requireClients(clients);
    this.parameters = parameters;
    this.ring = parameters.ring();
    this.clients = clients;
    int bound = AggregationParameters.NOISE_BOUND * clients;
    for (int coefficient : sumOfSecrets) {
      if (coefficient > bound || coefficient < -bound) {
        throw new OpeningFailed(
            "s_U: "
                + coefficient
                + " (expected: at most 127 * clients = "
                + bound
                + "); a share is wrong");
      }
    }
    int degree = parameters.degree();
    this.uniform = new UniformPolynomials(publicSeed, degree);
    this.lift = new CentredLift(ring);
    this.transformedSecrets = new double[ring.primes()][degree];
    this.residues = new double[ring.primes()][degree];
    this.words = new long[lift.words()][degree];
    for (int i = 0; i < ring.primes(); i++) {
      ring.transform(sumOfSecrets, i, transformedSecrets[i]);
    }
  }

  /// Opens one block.
  ///
  /// @param block number in the segment
  /// @param sum of exactly the clients whose secrets were summed; not modified
  /// @param slotSums receives `valuesPerBlock()` sums in [0, 2^F), planar
  /// @throws OpeningFailed if an error sum is beyond `127·|U|`; `slotSums` is then meaningless
  public void open(long block, BlockSum sum, long[] slotSums) {
    parameters.requireBlock(block);
    Require.equal("slot sums", slotSums.length, parameters.valuesPerBlock());
    if (sum.parameters() != parameters) {
      throw new IllegalArgumentException(
          "sum: of " + sum.parameters().name() + " (expected: " + parameters.name() + ")");
    }
    Require.equal("clients of the sum", sum.count(), clients);
    for (int i = 0; i < ring.primes(); i++) {
      unmask(block, i, sum.sums());
      ring.kernel(i).inverse(residues[i]);
    }
    lift.lift(residues, words);
    requireSmallErrors(block);
    for (int f = 0; f < parameters.fields(); f++) {
      extract(f, slotSums);
    }
  }

  private void unmask(long block, int i, long[] sums) {
    int from = i * parameters.degree();
    long prime = ring.prime(i);
    byte[] chunks = uniform.chunks(block, i);
    if (!kernel.unmask(chunks, transformedSecrets[i], sums, from, prime, residues[i])) {
      uniform.replace(block, i, prime);
      kernel.unmask(chunks, transformedSecrets[i], sums, from, prime, residues[i]);
    }
  }

  private void requireSmallErrors(long block) {
    int last = words.length - 1;
    int bits = parameters.fields() * parameters.fieldBits() - last * CentredLift.WORD_BITS;
    long bound = (long) AggregationParameters.NOISE_BOUND * clients;
    long excess = 0;
    for (long top : words[last]) {
      long error = top >> bits;
      excess |= (bound - error) | (bound + error);
    }
    if (excess < 0) {
      throw new OpeningFailed(
          "block "
              + block
              + ": error sum beyond 127 * clients = "
              + bound
              + "; a share or the cohort is wrong, or a client's block is not well formed");
    }
  }

  /// A field begins in one word and may end in the next.
  private void extract(int field, long[] slotSums) {
    int shift = field * parameters.fieldBits();
    int word = shift / CentredLift.WORD_BITS;
    int bits = shift % CentredLift.WORD_BITS;
    long[] low = words[word];
    long[] high = words[Math.min(word + 1, words.length - 1)];
    kernel.field(low, high, bits, parameters.fieldBits(), slotSums, field * parameters.degree());
  }
}
