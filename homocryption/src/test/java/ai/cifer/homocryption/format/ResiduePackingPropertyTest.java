package ai.cifer.homocryption.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.ring.PackedResidues;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

class ResiduePackingPropertyTest {
  /// The largest prime of so many bits: every value up to the width occurs.
  private static long prime(int bits) {
    for (long p = (1L << bits) - 1; ; p -= 2) {
      if (BigInteger.valueOf(p).isProbablePrime(40)) {
        return p;
      }
    }
  }

  /// The whole array is one little-endian number in base 2^w.
  @Property(tries = 300)
  void packsLittleEndianWithoutGaps(
      @ForAll @IntRange(min = 2, max = 50) int bits,
      @ForAll @IntRange(min = 0, max = 40) int count,
      @ForAll @IntRange(min = 0, max = 5) int offset,
      @ForAll long seed) {
    ResiduePacking packing = new ResiduePacking(prime(bits));
    assertThat(packing.bits()).isEqualTo(bits);
    double[] values = residues(count, prime(bits), seed);
    BigInteger number = BigInteger.ZERO;
    for (int j = count - 1; j >= 0; j--) {
      number = number.shiftLeft(bits).or(BigInteger.valueOf((long) values[j]));
    }
    int bytes = packing.bytes(count);
    assertThat(bytes).isEqualTo((bits * count + 7) / 8);
    byte[] packed = new byte[offset + bytes + 8];
    packing.pack(values, 0, count, packed, offset);
    for (int i = 0; i < bytes; i++) {
      assertThat(packed[offset + i]).isEqualTo(number.shiftRight(8 * i).byteValue());
    }
    double[] unpacked = new double[count + 2];
    assertThat(packing.unpack(packed, offset, unpacked, 1, count)).isTrue();
    assertThat(Arrays.copyOfRange(unpacked, 1, count + 1)).isEqualTo(values);
    assertThat(unpacked[0]).isZero();
    assertThat(unpacked[count + 1]).isZero();
  }

  /// Centred residues give the bytes of the canonical ones.
  @Property(tries = 100)
  void centredIsCanonical(@ForAll @IntRange(min = 30, max = 50) int bits, @ForAll long seed) {
    long prime = prime(bits);
    ResiduePacking packing = new ResiduePacking(prime);
    double[] canonical = residues(33, prime, seed);
    double[] centred = Arrays.stream(canonical).map(x -> 2 * x > prime ? x - prime : x).toArray();
    byte[] one = new byte[packing.bytes(33) + 8];
    byte[] other = one.clone();
    packing.pack(canonical, 0, 33, one, 0);
    packing.pack(centred, 0, 33, other, 0);
    assertThat(other).isEqualTo(one);
  }

  /// One residue at or above the prime, or one bit set after the last, is found.
  @Property(tries = 200)
  void findsWhatIsNotCanonical(
      @ForAll @IntRange(min = 30, max = 49) int bits,
      @ForAll @IntRange(min = 0, max = 28) int position,
      @ForAll @IntRange(min = 0, max = 2) int which,
      @ForAll long seed) {
    long prime = prime(bits);
    long top = (1L << bits) - 1;
    ResiduePacking wide = new ResiduePacking(1L << bits);
    ResiduePacking packing = new ResiduePacking(prime);
    double[] values = residues(29, prime, seed);
    byte[] packed = new byte[packing.bytes(29) + 8];
    values[position] = new long[] {prime, Math.min(prime + 1, top), top}[which];
    wide.pack(values, 0, 29, packed, 0);
    assertThat(packing.unpack(packed, 0, new double[29], 0, 29)).isFalse();
    values[position] = prime - 1;
    wide.pack(values, 0, 29, packed, 0);
    assertThat(packing.unpack(packed, 0, new double[29], 0, 29)).isTrue();
    if (29 * bits % 8 != 0) {
      packed[packing.bytes(29) - 1] |= (byte) 0x80;
      assertThat(packing.unpack(packed, 0, new double[29], 0, 29)).isFalse();
    }
  }

  @Example
  void fiftyBitsAreTheBytesOfPackedResidues() {
    long prime = 1125899903827969L;
    double[] values = residues(64, prime, 5);
    byte[] here = new byte[400 + 8];
    byte[] there = new byte[400 + 8];
    new ResiduePacking(prime).pack(values, 0, 64, here, 0);
    for (int j = 0; j < 64; j++) {
      PackedResidues.set(there, 0, j, (long) values[j]);
    }
    assertThat(here).isEqualTo(there);
  }

  @Example
  void refusesValuesOutOfRange() {
    ResiduePacking packing = new ResiduePacking(97);
    for (double bad :
        new double[] {97, -98, 1e300, -1e300, 0.5, -96.25, Double.NaN, Double.NEGATIVE_INFINITY}) {
      ThrowingCallable pack = () -> packing.pack(new double[] {1, bad}, 0, 2, new byte[16], 0);
      assertThatThrownBy(pack)
          .hasMessage("residue: out of range or no integer (expected: integers in [-97, 97))");
    }
    assertThatThrownBy(() -> new ResiduePacking((1L << 50) + 1))
        .hasMessage("prime: 1125899906842625 (expected: 3 to 2^50)");
  }

  private static double[] residues(int count, long prime, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    return random.longs(count, 0, prime).asDoubleStream().toArray();
  }
}
