package ai.cifer.homocryption.ring;

import ai.cifer.homocryption.kernel.FmaArithmetic;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Uniform residues modulo a prime of any size from 30 to 50 bits, centred, by rejection: as
/// coefficients or directly as values in the transformed domain, where uniform is uniform too.
///
/// Position j takes the 64-bit little-endian word j of the stream (UNIFORM, prime, block). A word
/// in the last, incomplete run of p below 2^64 is replaced by the next word of the stream
/// (REPLACEMENT, prime, block) that is not; positions ascend. So each residue is exactly uniform,
/// at most one word in 2^14 is replaced, and positions may be computed independently.
///
/// The time shows which words were replaced, and nothing of the residues, which are uniform
/// whatever was replaced: so the coefficients of secret sharing may come from here, and are
/// overwritten by [#clear()]. Not thread-safe; reuses one buffer.
public final class UniformResidues {
  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final double TWO_32 = 0x1p32;

  private final AesCtrStream stream;
  private final byte[] words;
  private final byte[] word = new byte[8];

  /// @param stream stays the caller's to close
  /// @param degree N
  public UniformResidues(AesCtrStream stream, int degree) {
    this.stream = stream;
    this.words = new byte[8 * degree];
  }

  /// Fills a row.
  ///
  /// @param prime p, of 30 to 50 bits
  /// @param index its number in its ring, for the stream
  /// @param block number of the polynomial
  /// @param out N residues, centred
  /// @return how many words were replaced
  public int fill(long prime, int index, long block, double[] out) {
    stream.start(Purpose.UNIFORM, index, block);
    stream.read(words, words.length);
    // 2^64 - (2^64 mod p) as an unsigned long; never 0, as p is odd.
    long limit = -Long.remainderUnsigned(-prime, prime);
    if (reduce(prime, limit, out)) {
      return 0;
    }
    return replace(prime, index, block, limit, out);
  }

  /// Overwrites the buffers, for residues that are secret.
  public void clear() {
    Arrays.fill(words, (byte) 0);
    Arrays.fill(word, (byte) 0);
  }

  /// What the buffers hold, or-ed together, for the test that they are cleared.
  int buffered() {
    int union = 0;
    for (byte x : words) {
      union |= x;
    }
    return union;
  }

  /// `out[j] = word_j mod p`; returns whether all words are below the limit.
  private boolean reduce(long prime, long limit, double[] out) {
    double p = (double) prime;
    double ni = -1 / p;
    double twoTo32 = FmaArithmetic.centre(TWO_32, p, ni);
    long below = -1;
    for (int j = 0; j < out.length; j++) {
      long x = (long) LITTLE.get(words, 8 * j);
      out[j] = residue(x, twoTo32, p, ni);
      // Negative if and only if the unsigned x is below the limit, which has its top bit set.
      below &= ~x | (x - limit);
    }
    return below < 0;
  }

  /// `x = high·2^32 + low`: the product is at most `(1/2 + 2^-21)·p`, so the sum is below 2^50.
  private static double residue(long x, double twoTo32, double p, double ni) {
    double high = (double) (x >>> 32);
    double low = (double) (x & 0xffff_ffffL);
    return FmaArithmetic.centre(FmaArithmetic.multiply(high, twoTo32, p, ni) + low, p, ni);
  }

  private int replace(long prime, int index, long block, long limit, double[] out) {
    double p = (double) prime;
    double ni = -1 / p;
    double twoTo32 = FmaArithmetic.centre(TWO_32, p, ni);
    stream.start(Purpose.REPLACEMENT, index, block);
    int replaced = 0;
    for (int j = 0; j < out.length; j++) {
      long x = (long) LITTLE.get(words, 8 * j);
      if (Long.compareUnsigned(x, limit) < 0) {
        continue;
      }
      while (Long.compareUnsigned(x, limit) >= 0) {
        stream.read(word, 8);
        x = (long) LITTLE.get(word, 0);
      }
      out[j] = residue(x, twoTo32, p, ni);
      replaced++;
    }
    return replaced;
  }
}
