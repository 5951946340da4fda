package ai.cifer.homocryption.ring;

import java.math.BigInteger;

/// From residues modulo each prime to the integer of smallest magnitude modulo Q, as
/// two's-complement words.
///
/// Garner's mixed radix with centred digits: `x = d₁ + q₁·(d₂ + q₂·(d₃ + …))`, `|dᵢ| ≤ (qᵢ-1)/2`.
/// The digits of largest magnitude give `(Q-1)/2`, so the result is the centred representative
/// without any comparison with Q.
///
/// Immutable; the caller owns the buffers.
public final class CentredLift {
  private final CyclotomicRing ring;

  /// `inverse[i][j] = p_j^-1 mod p_i`, centred, j < i.
  private final double[][] inverse;

  private final int words;

  public CentredLift(CyclotomicRing ring) {
    this.ring = ring;
    this.inverse = new double[ring.primes()][];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = new double[i];
      for (int j = 0; j < i; j++) {
        BigInteger reciprocal =
            BigInteger.valueOf(ring.prime(j)).modInverse(BigInteger.valueOf(ring.prime(i)));
        inverse[i][j] = ring.constant(reciprocal, i);
      }
    }
    // 50 bits a prime and a sign.
    this.words = (PackedResidues.BITS * ring.primes() + 1 + 63) / 64;
  }

  /// 64-bit words of a lifted integer: 1, 2, 3, 4 for 1, 2, 3, 4 primes.
  public int words() {
    return words;
  }

  /// Lifts N coefficients.
  ///
  /// @param residues one array of N for each prime, `|residue| < 2p`; overwritten by the digits
  /// @param out `words()` arrays of N, least significant first
  public void lift(double[][] residues, long[][] out) {
    for (int i = 0; i < residues.length; i++) {
      ring.kernel(i).reduce(residues[i], residues[i]);
      for (int j = 0; j < i; j++) {
        ring.masking(i).subtractAndScale(residues[i], residues[j], inverse[i][j]);
      }
    }
    if (residues.length == 1) {
      lift1(residues[0], out[0]);
    } else if (residues.length == 2) {
      lift2(residues[0], residues[1], ring.prime(0), out[0], out[1]);
    } else {
      liftMany(residues, out);
    }
  }

  private static void lift1(double[] digits, long[] low) {
    for (int j = 0; j < low.length; j++) {
      low[j] = (long) digits[j];
    }
  }

  private static void lift2(
      double[] digits1, double[] digits2, long prime, long[] low, long[] high) {
    for (int j = 0; j < low.length; j++) {
      long digit1 = (long) digits1[j];
      long digit2 = (long) digits2[j];
      long product = digit2 * prime;
      long sum = product + digit1;
      // The carry out of an unsigned addition is the top bit of (a & b) | ((a | b) & ~sum).
      long carry = ((product & digit1) | ((product | digit1) & ~sum)) >>> 63;
      low[j] = sum;
      high[j] = Math.multiplyHigh(digit2, prime) + (digit1 >> 63) + carry;
    }
  }

  private void liftMany(double[][] digits, long[][] out) {
    int last = digits.length - 1;
    for (int j = 0; j < out[0].length; j++) {
      long top = (long) digits[last][j];
      out[0][j] = top;
      for (int w = 1; w < words; w++) {
        out[w][j] = top >> 63;
      }
    }
    for (int i = last - 1; i >= 0; i--) {
      multiplyAndAdd(out, ring.prime(i), digits[i]);
    }
  }

  /// `x = x·prime + digit` on two's-complement words: multiplication modulo 2^(64·words) does not
  /// see the sign of x, and the carry is a signed number in [-1, 2^50] that is extended at each
  /// word.
  private static void multiplyAndAdd(long[][] x, long prime, double[] digits) {
    for (int j = 0; j < digits.length; j++) {
      long carry = (long) digits[j];
      for (long[] word : x) {
        long product = word[j] * prime;
        long sum = product + carry;
        long overflow = ((product & carry) | ((product | carry) & ~sum)) >>> 63;
        carry = Math.unsignedMultiplyHigh(word[j], prime) + overflow + (carry >> 63);
        word[j] = sum;
      }
    }
  }
}
