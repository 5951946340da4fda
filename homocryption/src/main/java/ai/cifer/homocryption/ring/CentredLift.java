package ai.cifer.homocryption.ring;

import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.kernel.MaskingKernel;
import java.math.BigInteger;

/// From residues modulo each prime to the integer of smallest magnitude modulo Q, as
/// two's-complement words of 50 bits: `x = Σ_i word_i·2^(50i)`, all words in [0, 2^50) but the
/// last, which has the sign.
///
/// Garner's mixed radix with centred digits: `x = d₁ + q₁·(d₂ + q₂·(d₃ + …))`, `|dᵢ| ≤ (qᵢ-1)/2`.
/// The digits of largest magnitude give `(Q-1)/2`, so the result is the centred representative
/// without any comparison with Q.
///
/// Why words of 50 bits: the primes are `q = 2^50 - δ` with `δ < 2^36`, so `x·q` is x moved by one
/// word less `x·δ`, and with a word cut in halves of 25 bits no product exceeds 2^61: plain long
/// arithmetic, which C2 turns into vector code.
///
/// Immutable; the caller owns the buffers.
public final class CentredLift {
  /// Bits of a word.
  public static final int WORD_BITS = PackedResidues.BITS;

  private static final int HALF_BITS = WORD_BITS / 2;
  private static final long HALF = (1L << HALF_BITS) - 1;
  private static final long WORD = (1L << WORD_BITS) - 1;

  private final CyclotomicRing ring;
  private final MaskingKernel kernel;

  /// `inverse[i][j] = p_j^-1 mod p_i`, centred, j < i.
  private final double[][] inverse;

  /// @param ring of primes in (2^50 - 2^36, 2^50)
  public CentredLift(CyclotomicRing ring) {
    this(ring, KernelProvider.chosen().masking());
  }

  /// With a given kernel, for the test that all give the same.
  CentredLift(CyclotomicRing ring, MaskingKernel kernel) {
    this.ring = ring;
    this.kernel = kernel;
    this.inverse = new double[ring.primes()][];
    for (int i = 0; i < inverse.length; i++) {
      if (complement(i) >= 1L << 36) {
        throw new IllegalArgumentException(
            "prime: " + ring.prime(i) + " (expected: above 2^50 - 2^36)");
      }
      inverse[i] = new double[i];
      for (int j = 0; j < i; j++) {
        BigInteger reciprocal =
            BigInteger.valueOf(ring.prime(j)).modInverse(BigInteger.valueOf(ring.prime(i)));
        inverse[i][j] = ring.constant(reciprocal, i);
      }
    }
  }

  private long complement(int index) {
    return (1L << WORD_BITS) - ring.prime(index);
  }

  /// Words of a lifted integer, one for each prime.
  public int words() {
    return ring.primes();
  }

  /// Lifts N coefficients.
  ///
  /// @param residues one array of N for each prime, centred; overwritten by the digits
  /// @param out `words()` arrays of N, least significant first
  public void lift(double[][] residues, long[][] out) {
    for (int i = 1; i < residues.length; i++) {
      for (int j = 0; j < i; j++) {
        kernel.subtractAndScale(residues[i], residues[j], inverse[i][j], ring.prime(i));
      }
    }
    int last = residues.length - 1;
    kernel.toLongs(residues[last], out[0]);
    for (int i = last - 1; i >= 0; i--) {
      int top = last - i;
      kernel.toLongs(residues[i], out[top]);
      for (int word = 0; word < top; word++) {
        multiplyWord(out[word], out[top], complement(i));
      }
    }
  }

  /// One word of `carry + x·(2^50 - δ)`: the word's own place keeps `carry - x·δ` modulo 2^50, and
  /// the rest of it, with x itself, is carried on.
  ///
  /// `|x| ≤ 2^50` and `|carry| ≤ 2^52`, before and after, hence no overflow: with `x = h·2^25 + l`,
  /// `|l·δ| < 2^61` and `|h·δ| ≤ 2^61`.
  private static void multiplyWord(long[] x, long[] carry, long complement) {
    for (int j = 0; j < x.length; j++) {
      long value = x[j];
      long high = (value >> HALF_BITS) * -complement;
      long sum = carry[j] - (value & HALF) * complement + ((high & HALF) << HALF_BITS);
      x[j] = sum & WORD;
      carry[j] = value + (high >> HALF_BITS) + (sum >> WORD_BITS);
    }
  }
}
