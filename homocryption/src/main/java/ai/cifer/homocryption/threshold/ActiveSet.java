package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.rns.RnsRing;
import java.math.BigInteger;
import java.util.Arrays;

/// The t parties that decrypt together. All of them must name the same set before any of them gives
/// a share, because each weighs its share with its Lagrange coefficient for exactly this set: so
/// the smudging errors are added, not multiplied by coefficients of the size of the modulus.
///
/// A key share serves one active set for its whole life; see [DecryptionLog]. Immutable.
///
/// @see <a href="https://eprint.iacr.org/2022/780">Mouchet, Bertrand, Hubaux: An Efficient
///   Threshold Access-Structure for RLWE-Based Multiparty Homomorphic Encryption</a>
public final class ActiveSet {
  private final Committee committee;
  private final int[] parties;

  private ActiveSet(Committee committee, int[] parties) {
    this.committee = committee;
    this.parties = parties;
  }

  /// A set of exactly t parties.
  ///
  /// @param parties distinct, each 1 to n, in any order
  public static ActiveSet of(Committee committee, int... parties) {
    int[] sorted = parties.clone();
    Arrays.sort(sorted);
    for (int party : sorted) {
      committee.requireMember(party);
    }
    if (Arrays.stream(sorted).distinct().count() != committee.threshold()
        || sorted.length != committee.threshold()) {
      throw new IllegalArgumentException(
          "active set: "
              + Arrays.toString(parties)
              + " (expected: exactly "
              + committee.threshold()
              + " distinct parties)");
    }
    return new ActiveSet(committee, sorted);
  }

  /// The set of a bitmap, bit j - 1 for party j; as [#of] checks it.
  static ActiveSet ofBits(Committee committee, long bits) {
    int[] parties = new int[Long.bitCount(bits)];
    long rest = bits;
    for (int i = 0; i < parties.length; i++) {
      parties[i] = Long.numberOfTrailingZeros(rest) + 1;
      rest &= rest - 1;
    }
    return of(committee, parties);
  }

  long bits() {
    long bits = 0;
    for (int party : parties) {
      bits |= 1L << (party - 1);
    }
    return bits;
  }

  public Committee committee() {
    return committee;
  }

  /// In ascending order; a copy.
  public int[] parties() {
    return parties.clone();
  }

  public boolean contains(int party) {
    return Arrays.binarySearch(parties, party) >= 0;
  }

  /// The Lagrange coefficient of a party at 0, `Π_{m ≠ j} m/(m - j)` modulo prime number `index`,
  /// centred. The differences are below 62, hence units.
  double lagrange(RnsRing ring, int party, int index) {
    BigInteger numerator = BigInteger.ONE;
    BigInteger denominator = BigInteger.ONE;
    for (int other : parties) {
      if (other != party) {
        numerator = numerator.multiply(BigInteger.valueOf(other));
        denominator = denominator.multiply(BigInteger.valueOf(other - party));
      }
    }
    BigInteger p = BigInteger.valueOf(ring.prime(index));
    return ring.constant(numerator.multiply(denominator.modInverse(p)), index);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ActiveSet that
        && committee.equals(that.committee)
        && Arrays.equals(parties, that.parties);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(bits());
  }

  @Override
  public String toString() {
    return "ActiveSet" + Arrays.toString(parties);
  }
}
