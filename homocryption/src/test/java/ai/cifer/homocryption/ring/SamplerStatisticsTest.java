package ai.cifer.homocryption.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Uniform and ternary samples: exact against their definition, and frequencies and moments of a
/// fixed seed. A right sampler fails a bound of 5 standard deviations once in a million seeds; the
/// seed is fixed, so it never does.
class SamplerStatisticsTest {
  private static final int N = 1 << 15;
  private static final byte[] SEED = new byte[32];

  /// Of 30, 46 and 50 bits, some just above a power of two; 1 mod 2^16. For the last one 2^64 mod p
  /// is near 3p/4, so that words are replaced as often as ever.
  private static final long[] PRIMES = {
    prime(1L << 29, 1),
    prime(1L << 30, -1),
    prime(1L << 45, 1),
    prime(1L << 50, -1),
    prime((1L << 50) - (3L << 34), -1)
  };

  private static long prime(long near, int direction) {
    long candidate = near + 1;
    do {
      candidate += direction * (2L * N);
    } while (!BigInteger.valueOf(candidate).isProbablePrime(60));
    return candidate;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void uniformResiduesAreTheWordsOfTheStream(int index) {
    long prime = PRIMES[index];
    BigInteger p = BigInteger.valueOf(prime);
    BigInteger whole = BigInteger.ONE.shiftLeft(64);
    BigInteger limit = whole.subtract(whole.mod(p));
    double[] out = new double[N];
    int replaced = 0;
    int expected = 0;
    try (var stream = new AesCtrStream(SEED);
        var words = new AesCtrStream(SEED);
        var replacements = new AesCtrStream(SEED)) {
      var residues = new UniformResidues(stream, N);
      for (long block = 0; block < 4; block++) {
        replaced += residues.fill(prime, index, block, out);
        words.start(Purpose.UNIFORM, index, block);
        replacements.start(Purpose.REPLACEMENT, index, block);
        for (double residue : out) {
          BigInteger x = word(words);
          if (x.compareTo(limit) >= 0) {
            expected++;
          }
          while (x.compareTo(limit) >= 0) {
            x = word(replacements);
          }
          long r = x.mod(p).longValueExact();
          assertThat(residue).isEqualTo((double) (r > prime / 2 ? r - prime : r));
        }
      }
    }
    assertThat(replaced).isEqualTo(expected);
    if (index == 4) {
      // 2^17 words, of which 3 in 2^16 are beyond the limit.
      assertThat(replaced).isPositive();
    }
  }

  @Test
  void residuesLeaveNothingBehindOnceCleared() {
    try (var stream = new AesCtrStream(SEED)) {
      var residues = new UniformResidues(stream, N);
      residues.fill(PRIMES[0], 0, 0, new double[N]);
      assertThat(residues.buffered()).isNotZero();
      residues.clear();
      assertThat(residues.buffered()).isZero();
    }
  }

  private static BigInteger word(AesCtrStream stream) {
    byte[] bytes = new byte[8];
    stream.read(bytes, 8);
    long x = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return new BigInteger(Long.toUnsignedString(x));
  }

  @Test
  void ternaryThresholdsAreThirds() {
    BigInteger third = BigInteger.ONE.shiftLeft(63).divide(BigInteger.valueOf(3));
    long first = third.longValueExact();
    long second = BigInteger.ONE.shiftLeft(64).divide(BigInteger.valueOf(3)).longValueExact();
    long[] x = {0, first - 1, first, second - 1, second, Long.MAX_VALUE};
    byte[] bytes = new byte[8 * x.length];
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (long each : x) {
      buffer.putLong(each << 1 | 1);
    }
    double[] out = new double[x.length];
    TernarySampler.sample(bytes, out);
    assertThat(out).containsExactly(-1, -1, 0, 0, 1, 1);
  }

  @Test
  void ternaryFrequenciesOfAMillion() {
    ternaryFrequencies(31);
  }

  @Tag("slow")
  @Test
  void ternaryFrequenciesOfTenMillions() {
    ternaryFrequencies(306);
  }

  private static void ternaryFrequencies(int blocks) {
    long[] histogram = new long[3];
    long pairs = 0;
    byte[] random = new byte[8 * N];
    double[] out = new double[N];
    try (var stream = new AesCtrStream(SEED)) {
      for (int block = 0; block < blocks; block++) {
        stream.start(Purpose.SECRET, 0, block);
        stream.read(random, random.length);
        TernarySampler.sample(random, out);
        for (int j = 0; j < N; j++) {
          histogram[(int) out[j] + 1]++;
          pairs += (long) (out[j] * out[(j + 1) % N]);
        }
      }
    }
    double n = (double) blocks * N;
    assertThat(chiSquare(histogram, n)).isLessThan(2 + 5 * Math.sqrt(4));
    // Neighbours: the product of two has mean 0 and variance 4/9.
    assertThat(Math.abs(pairs)).isLessThan((long) (5 * Math.sqrt(n * 4 / 9)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void uniformFrequenciesOfAMillion(int index) {
    uniformFrequencies(index, 31);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void uniformFrequenciesOfTenMillions(int index) {
    uniformFrequencies(index, 306);
  }

  /// High part, low bits, mean, variance and neighbours.
  private static void uniformFrequencies(int index, int blocks) {
    long prime = PRIMES[index];
    int cells = 256;
    long[] high = new long[cells];
    long[] low = new long[cells];
    double mean = 0;
    double square = 0;
    double neighbours = 0;
    double[] out = new double[N];
    double n = (double) blocks * N;
    try (var stream = new AesCtrStream(SEED)) {
      var residues = new UniformResidues(stream, N);
      for (int block = 0; block < blocks; block++) {
        residues.fill(prime, index, block, out);
        for (int j = 0; j < N; j++) {
          double share = out[j] / prime;
          high[(int) ((share + 0.5) * cells)]++;
          low[(int) Math.floorMod((long) out[j] + prime, (long) cells)]++;
          mean += share / n;
          square += share * share / n;
          neighbours += share * (out[(j + 1) % N] / prime) / n;
        }
      }
    }
    double most = cells - 1 + 5 * Math.sqrt(2.0 * cells);
    assertThat(chiSquare(high, n)).isLessThan(most);
    // The 256 classes of the low bits differ by one in 2^21 or less: far below the noise.
    assertThat(chiSquare(low, n)).isLessThan(most);
    assertThat(Math.abs(mean)).isLessThan(5 * Math.sqrt(1 / (12 * n)));
    assertThat(Math.abs(square - 1 / 12.0)).isLessThan(5 * Math.sqrt(1 / (180 * n)));
    assertThat(Math.abs(neighbours)).isLessThan(5 / (12 * Math.sqrt(n)));
  }

  private static double chiSquare(long[] histogram, double n) {
    double expected = n / histogram.length;
    return Arrays.stream(histogram)
        .mapToDouble(seen -> (seen - expected) * (seen - expected) / expected)
        .sum();
  }
}
