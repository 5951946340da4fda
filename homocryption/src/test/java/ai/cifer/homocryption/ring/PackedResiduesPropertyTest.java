package ai.cifer.homocryption.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PackedResiduesPropertyTest {
  private static final long PRIME = 1125899903827969L;

  /// The whole array is one little-endian number in base 2^50.
  @Property(tries = 200)
  void packsLittleEndianWithoutGaps(
      @ForAll @IntRange(min = 1, max = 17) int groups,
      @ForAll @IntRange(min = 0, max = 9) int offset,
      @ForAll long seed) {
    long[] values = residues(4 * groups, seed);
    int bytes = PackedResidues.bytes(values.length);
    byte[] packed = new byte[offset + bytes + PackedResidues.PADDING];
    PackedResidues.pack(values, packed, offset);

    BigInteger number = BigInteger.ZERO;
    for (int j = values.length - 1; j >= 0; j--) {
      number = number.shiftLeft(50).or(BigInteger.valueOf(values[j]));
    }
    byte[] bigEndian = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      bigEndian[bytes - 1 - i] = packed[offset + i];
    }
    assertThat(new BigInteger(1, bigEndian)).isEqualTo(number);

    double[] unpacked = new double[values.length];
    assertThat(PackedResidues.unpack(packed, offset, PRIME, unpacked)).isTrue();
    assertThat(unpacked).isEqualTo(Arrays.stream(values).asDoubleStream().toArray());
    for (int j = 0; j < values.length; j++) {
      assertThat(PackedResidues.get(packed, offset, j)).isEqualTo(values[j]);
    }
    long[] sums = values.clone();
    assertThat(PackedResidues.add(packed, offset, PRIME, 1, sums, 0, sums.length)).isTrue();
    assertThat(sums).isEqualTo(Arrays.stream(values).map(v -> 2 * v).toArray());
    PackedResidues.add(packed, offset, PRIME, -1, sums, 0, sums.length);
    assertThat(sums).isEqualTo(values);
  }

  @Property(tries = 200)
  void findsOneResidueThatIsNotCanonical(
      @ForAll @IntRange(min = 0, max = 31) int position,
      @ForAll @IntRange(min = 0, max = 2) int which,
      @ForAll long seed) {
    long[] values = residues(32, seed);
    values[position] = new long[] {PRIME, PRIME + 1, (1L << 50) - 1}[which];
    byte[] packed = new byte[PackedResidues.bytes(32) + PackedResidues.PADDING];
    PackedResidues.pack(values, packed, 0);
    assertThat(PackedResidues.unpack(packed, 0, PRIME, new double[32])).isFalse();
    assertThat(PackedResidues.add(packed, 0, PRIME, 1, new long[32], 0, 32)).isFalse();
    values[position] = PRIME - 1;
    PackedResidues.pack(values, packed, 0);
    assertThat(PackedResidues.unpack(packed, 0, PRIME, new double[32])).isTrue();
    assertThat(PackedResidues.add(packed, 0, PRIME, 1, new long[32], 0, 32)).isTrue();
  }

  private static long[] residues(int count, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    return random.longs(count, 0, PRIME).toArray();
  }
}
