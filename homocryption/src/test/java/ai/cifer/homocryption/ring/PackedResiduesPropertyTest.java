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
    // Whatever was there is overwritten, and the order does not matter.
    Arrays.fill(packed, (byte) 0x5a);
    for (int j = values.length - 1; j >= 0; j--) {
      PackedResidues.set(packed, offset, j, values[j]);
    }

    BigInteger number = BigInteger.ZERO;
    for (int j = values.length - 1; j >= 0; j--) {
      number = number.shiftLeft(50).or(BigInteger.valueOf(values[j]));
    }
    byte[] bigEndian = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      bigEndian[bytes - 1 - i] = packed[offset + i];
    }
    assertThat(new BigInteger(1, bigEndian)).isEqualTo(number);

    for (int j = 0; j < values.length; j++) {
      assertThat(PackedResidues.get(packed, offset, j)).isEqualTo(values[j]);
    }
    assertThat(packed[offset + bytes]).isEqualTo((byte) 0x5a);
    long[] sums = Arrays.stream(values).map(v -> 2 * v).toArray();
    PackedResidues.subtract(packed, offset, sums);
    assertThat(sums).isEqualTo(values);
  }

  private static long[] residues(int count, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    return random.longs(count, 0, PRIME).toArray();
  }
}
