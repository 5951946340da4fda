package ai.cifer.homocryption.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/// The kernel of this JVM against the scalar twin, bit for bit, and the twin against big integers.
///
/// Where the JVM runs without the vector module both are the scalar one; the build runs with it.
class MaskingKernelTest {
  private static final int DEGREE = 1024;
  private static final int PACKED = DEGREE / 4 * 25;
  private static final long[] PRIMES = {
    1125899903827969L, 1125899902124033L, 1125899887312897L, 1125899886395393L
  };
  private static final List<MaskingKernel> BOTH =
      List.of(TwinCheck.vector().masking(), KernelProvider.scalar().masking());

  @Provide
  Arbitrary<Long> primes() {
    return Arbitraries.of(Arrays.stream(PRIMES).boxed().toList());
  }

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /// Centred residues, the first ones at the ends of the range.
  private static double[] centred(RandomGenerator random, long prime) {
    double[] values = random.longs(DEGREE, -(prime / 2), prime / 2 + 1).asDoubleStream().toArray();
    double largest = (prime - 1) / 2.0;
    double[] ends = {-largest, largest, 0, 1, -1};
    System.arraycopy(ends, 0, values, 0, ends.length);
    return values;
  }

  /// Packed chunks below the prime, the first ones at the ends of the range.
  private static byte[] chunks(RandomGenerator random, long prime, long[] values) {
    byte[] packed = new byte[PACKED + MaskingKernel.PADDING];
    random.nextBytes(packed);
    long[] ends = {prime - 1, prime - 1, 0, 1, prime / 2};
    for (int j = 0; j < DEGREE; j++) {
      values[j] = j < ends.length ? ends[j] : random.nextLong(prime);
      put(packed, 0, j, values[j]);
    }
    return packed;
  }

  private static void put(byte[] packed, int offset, int index, long value) {
    for (int bit = 0; bit < 50; bit++) {
      int at = 8 * offset + 50 * index + bit;
      packed[at >> 3] &= (byte) ~(1 << (at & 7));
      packed[at >> 3] |= (byte) ((value >>> bit & 1) << (at & 7));
    }
  }

  private static long get(byte[] packed, int offset, int index) {
    long value = 0;
    for (int bit = 0; bit < 50; bit++) {
      int at = 8 * offset + 50 * index + bit;
      value |= (long) (packed[at >> 3] >>> (at & 7) & 1) << bit;
    }
    return value;
  }

  private static BigInteger big(double value) {
    return BigInteger.valueOf((long) value);
  }

  @Property(tries = 50)
  void gaussianTwinsAgree(@ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int groups) {
    long[] weights = new long[100];
    RandomGenerator random = random(seed);
    long rest = Long.MIN_VALUE;
    for (int k = 1; k < weights.length; k++) {
      weights[k] = random.nextLong(1L << 56);
      rest -= weights[k];
    }
    weights[0] = rest;
    AliasTable table = new AliasTable(weights);
    byte[] bytes = new byte[512 * groups];
    random.nextBytes(bytes);
    // Fractions that agree with the threshold in their first bytes.
    for (int j = 0; j < 64; j++) {
      long threshold = table.threshold(bytes[j] & 127);
      for (int plane = 1; plane <= j % 8; plane++) {
        bytes[64 * plane + j] = (byte) (threshold >>> (56 - 8 * plane));
      }
    }
    byte[][] out = new byte[2][64 * groups];
    for (int k = 0; k < 2; k++) {
      BOTH.get(k).gaussian(table, bytes, out[k], new long[MaskingKernel.GAUSSIAN_SCRATCH]);
    }
    assertThat(out[0]).isEqualTo(out[1]);
  }

  @Property(tries = 200)
  void quantiserTwinsAgree(
      @ForAll @IntRange(min = 0, max = 20) int from,
      @ForAll @IntRange(min = 0, max = 40) int count,
      @ForAll @IntRange(min = 0, max = 20) int shift,
      @ForAll @IntRange(min = 2, max = 30) int valueBits,
      @ForAll long seed) {
    RandomGenerator random = random(seed);
    float clip = (float) Math.exp(random.nextDouble(-90, 85));
    int levels = (1 << (valueBits - 1)) - 1;
    double factor = random.nextDouble() * levels / clip;
    float[] update = new float[from + count];
    for (int i = 0; i < update.length; i++) {
      update[i] =
          switch (random.nextInt(8)) {
            case 0 -> clip;
            case 1 -> -clip;
            case 2 -> Math.nextUp(clip);
            case 3 -> random.nextBoolean() ? 0f : -0f;
            case 4 -> Float.MIN_VALUE;
            case 5 -> -Float.MAX_VALUE;
            default -> (float) (clip * random.nextGaussian());
          };
    }
    byte[] bytes = new byte[3 * (update.length + shift) + MaskingKernel.PADDING];
    random.nextBytes(bytes);
    Arrays.fill(bytes, 0, 9, (byte) 0);
    Arrays.fill(bytes, 9, 18, (byte) 0xff);
    int[][] slots = new int[2][update.length + shift];
    for (boolean finite : new boolean[] {true, false}) {
      if (!finite && count > 0) {
        float[] bad = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        update[from + random.nextInt(count)] = bad[random.nextInt(3)];
      }
      for (int k = 0; k < 2; k++) {
        int result =
            BOTH.get(k)
                .quantise(update, from, from + count, shift, clip, factor, levels, bytes, slots[k]);
        assertThat(result < 0).isEqualTo(!finite && count > 0);
        assertThat(BOTH.get(k).finite(update, from + count)).isEqualTo(result >= 0);
      }
      if (finite) {
        assertThat(slots[0]).isEqualTo(slots[1]);
      }
    }
  }

  /// All splittings into digits: fields, field bits, value bits.
  @Provide
  Arbitrary<int[]> packings() {
    return Arbitraries.of(
        new int[] {1, 34, 26},
        new int[] {2, 18, 12},
        new int[] {3, 28, 22},
        new int[] {4, 21, 15},
        new int[] {2, 40, 28},
        new int[] {6, 30, 22},
        new int[] {7, 26, 16},
        new int[] {8, 23, 15},
        new int[] {5, 35, 19},
        new int[] {4, 48, 30},
        new int[] {9, 12, 2});
  }

  @Property(tries = 60)
  void messagesAreTheWeightedSums(
      @ForAll("packings") int[] shape, @ForAll boolean extreme, @ForAll long seed) {
    RandomGenerator random = random(seed);
    int fields = shape[0];
    FieldPacking packing =
        new FieldPacking(
            DEGREE,
            fields,
            shape[1],
            shape[2],
            PRIMES,
            (power, i) -> {
              BigInteger p = BigInteger.valueOf(PRIMES[i]);
              BigInteger value = BigInteger.TWO.pow(power).mod(p);
              boolean upper = value.compareTo(p.shiftRight(1)) > 0;
              return (upper ? value.subtract(p) : value).longValueExact();
            });
    int most = (1 << shape[2]) - 1;
    int[] slots = random.ints((long) fields * DEGREE, 0, most + 1).toArray();
    byte[] error = new byte[DEGREE];
    for (int j = 0; j < DEGREE; j++) {
      error[j] = (byte) (extreme ? 127 * (1 - 2 * (j & 1)) : random.nextInt(-127, 128));
    }
    if (extreme) {
      Arrays.fill(slots, most);
    }
    double[][][] out = new double[2][PRIMES.length][DEGREE];
    for (int k = 0; k < 2; k++) {
      double[] scratch = new double[packing.scratchLength()];
      int union = BOTH.get(k).message(packing, slots, error, scratch, out[k]);
      assertThat(union).isEqualTo(Arrays.stream(slots).reduce(0, (a, b) -> a | b));
    }
    assertThat(out[0]).isDeepEqualTo(out[1]);
    for (int j = 0; j < DEGREE; j += 37) {
      BigInteger expected = BigInteger.valueOf(error[j]).shiftLeft(fields * shape[1]);
      for (int f = 0; f < fields; f++) {
        expected = expected.add(BigInteger.valueOf(slots[f * DEGREE + j]).shiftLeft(f * shape[1]));
      }
      for (int i = 0; i < PRIMES.length; i++) {
        assertThat(Math.abs(out[1][i][j])).isLessThanOrEqualTo((PRIMES[i] - 1) / 2.0);
        BigInteger p = BigInteger.valueOf(PRIMES[i]);
        assertThat(big(out[1][i][j]).mod(p)).isEqualTo(expected.mod(p));
      }
    }
  }

  @Property(tries = 60)
  void masksAreCanonicalSums(
      @ForAll("primes") long prime,
      @ForAll @IntRange(min = 0, max = 3) int offset,
      @ForAll long seed) {
    RandomGenerator random = random(seed);
    long[] uniform = new long[DEGREE];
    byte[] chunks = chunks(random, prime, uniform);
    double[] secret = centred(random, prime);
    double[] message = centred(random, prime);
    byte[][] out = new byte[2][offset + PACKED + MaskingKernel.PADDING];
    for (int k = 0; k < 2; k++) {
      assertThat(BOTH.get(k).mask(chunks, secret, message, prime, out[k], offset)).isTrue();
      out[k] = Arrays.copyOf(out[k], offset + PACKED);
    }
    assertThat(out[0]).isEqualTo(out[1]);
    BigInteger p = BigInteger.valueOf(prime);
    for (int j = 0; j < DEGREE; j += j < 8 ? 1 : 41) {
      BigInteger expected =
          BigInteger.valueOf(uniform[j]).multiply(big(secret[j])).add(big(message[j])).mod(p);
      assertThat(get(out[0], offset, j)).isEqualTo(expected.longValueExact());
    }
  }

  @Property(tries = 60)
  void unmaskingSubtracts(
      @ForAll("primes") long prime,
      @ForAll @IntRange(min = 0, max = 3) int from,
      @ForAll long seed) {
    RandomGenerator random = random(seed);
    long[] uniform = new long[DEGREE];
    byte[] chunks = chunks(random, prime, uniform);
    double[] secret = centred(random, prime);
    long[] sum = random.longs(from + DEGREE, 0, Long.MAX_VALUE).toArray();
    sum[from] = Long.MAX_VALUE;
    sum[from + 1] = 0;
    double[][] out = new double[2][DEGREE];
    for (int k = 0; k < 2; k++) {
      assertThat(BOTH.get(k).unmask(chunks, secret, sum, from, prime, out[k])).isTrue();
    }
    assertThat(out[0]).isEqualTo(out[1]);
    BigInteger p = BigInteger.valueOf(prime);
    for (int j = 0; j < DEGREE; j += j < 8 ? 1 : 41) {
      BigInteger product = BigInteger.valueOf(uniform[j]).multiply(big(secret[j]));
      BigInteger expected = BigInteger.valueOf(sum[from + j]).subtract(product).mod(p);
      assertThat(big(out[0][j]).mod(p)).isEqualTo(expected);
      assertThat(Math.abs(out[0][j])).isLessThanOrEqualTo((prime - 1) / 2.0);
    }
  }

  /// Arrays that end with the residues, and ones that go on; every position of a bad residue.
  @Property(tries = 100)
  void foldsAddAndJudgeEveryResidue(
      @ForAll("primes") long prime,
      @ForAll @IntRange(min = 0, max = 70) int after,
      @ForAll @IntRange(min = 0, max = DEGREE - 1) int position,
      @ForAll @IntRange(min = 0, max = 2) int which,
      @ForAll long seed) {
    RandomGenerator random = random(seed);
    long[] values = new long[DEGREE];
    int offset = random.nextInt(5);
    byte[] chunks = chunks(random, prime, values);
    byte[] in = new byte[offset + PACKED + after];
    System.arraycopy(chunks, 0, in, offset, PACKED + Math.min(after, MaskingKernel.PADDING));
    long[] before = random.longs(DEGREE + 3, 0, 1L << 62).toArray();
    for (boolean canonical : new boolean[] {true, false}) {
      if (!canonical) {
        values[position] = new long[] {prime, prime + 1, (1L << 50) - 1}[which];
        put(in, offset, position, values[position]);
      }
      for (MaskingKernel kernel : BOTH) {
        long[] sum = before.clone();
        assertThat(kernel.fold(in, offset, prime, sum, 3, DEGREE)).isEqualTo(canonical);
        for (int j = 0; j < DEGREE; j++) {
          assertThat(sum[3 + j]).isEqualTo(before[3 + j] + values[j]);
        }
      }
    }
  }

  @Property(tries = 60)
  void masksAndUnmasksJudgeEveryChunk(
      @ForAll("primes") long prime,
      @ForAll @IntRange(min = 0, max = DEGREE - 1) int position,
      @ForAll @IntRange(min = 0, max = 2) int which,
      @ForAll long seed) {
    RandomGenerator random = random(seed);
    byte[] chunks = chunks(random, prime, new long[DEGREE]);
    put(chunks, 0, position, new long[] {prime, prime + 1, (1L << 50) - 1}[which]);
    double[] secret = centred(random, prime);
    byte[] packed = new byte[PACKED + MaskingKernel.PADDING];
    for (MaskingKernel kernel : BOTH) {
      assertThat(kernel.mask(chunks, secret, secret, prime, packed, 0)).isFalse();
      assertThat(kernel.unmask(chunks, secret, new long[DEGREE], 0, prime, new double[DEGREE]))
          .isFalse();
    }
  }

  @Property(tries = 60)
  void liftsAndCutsFields(
      @ForAll("primes") long prime,
      @ForAll @IntRange(min = 0, max = 49) int shift,
      @ForAll @IntRange(min = 1, max = 48) int bits,
      @ForAll long seed) {
    RandomGenerator random = random(seed);
    BigInteger p = BigInteger.valueOf(prime);
    double[] a = centred(random, prime);
    double[] digit = centred(random, (1L << 50) - 1);
    double factor = centred(random, prime)[9];
    long[] low = random.longs(DEGREE, 0, 1L << 50).toArray();
    long[] high = random.longs(DEGREE, -(1L << 50), 1L << 50).toArray();
    for (MaskingKernel kernel : BOTH) {
      double[] lifted = a.clone();
      kernel.subtractAndScale(lifted, digit, factor, prime);
      long[] longs = new long[DEGREE];
      kernel.toLongs(lifted, longs);
      long[] fields = new long[DEGREE + 1];
      kernel.field(low, high, shift, bits, fields, 1);
      for (int j = 0; j < DEGREE; j++) {
        BigInteger expected = big(a[j]).subtract(big(digit[j])).multiply(big(factor)).mod(p);
        assertThat(BigInteger.valueOf(longs[j]).mod(p)).isEqualTo(expected);
        assertThat(Math.abs(longs[j])).isLessThanOrEqualTo((prime - 1) / 2);
        BigInteger number =
            BigInteger.valueOf(high[j]).shiftLeft(50).add(BigInteger.valueOf(low[j]));
        BigInteger field = number.shiftRight(shift).mod(BigInteger.TWO.pow(bits));
        assertThat(fields[j + 1]).isEqualTo(field.longValueExact());
      }
    }
  }
}
