package ai.cifer.homocryption.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AggregationParametersTest {
  private static final long Q1 = 1125899903827969L;
  private static final long Q2 = 1125899902124033L;

  /// The golden table: name, N, primes, k x F (b), n_max, bytes of a block, values of a block.
  @Test
  void theTableIsTheSpecification() {
    String table =
        AggregationParameters.all().stream()
            .map(p -> p + " " + p.blockBytes() + " " + p.valuesPerBlock())
            .collect(Collectors.joining("\n"));
    assertThat(table)
        .isEqualTo(
            """
            K2_N256(N=4096, primes=2, fields=3x28, value_bits=20, n_max=256) 51200 12288
            K2_N64(N=4096, primes=2, fields=3x28, value_bits=22, n_max=64) 51200 12288
            K2_N64_DENSE(N=4096, primes=2, fields=4x21, value_bits=15, n_max=64) 51200 16384
            K2_N1024(N=4096, primes=2, fields=3x27, value_bits=17, n_max=1024) 51200 12288
            K2_HIFI(N=4096, primes=2, fields=2x40, value_bits=28, n_max=4096) 51200 8192
            K1_N256(N=2048, primes=1, fields=1x34, value_bits=26, n_max=256) 12800 2048
            K1_N64(N=2048, primes=1, fields=2x18, value_bits=12, n_max=64) 12800 4096
            K4_N256(N=8192, primes=4, fields=6x30, value_bits=22, n_max=256) 204800 49152
            K4_N256_DENSE(N=8192, primes=4, fields=7x26, value_bits=18, n_max=256) 204800 57344
            K4_N256_DENSEST(N=8192, primes=4, fields=8x23, value_bits=15, n_max=256) 204800 65536
            K4_N1024(N=8192, primes=4, fields=6x30, value_bits=20, n_max=1024) 204800 49152
            K4_N1024_DENSE(N=8192, primes=4, fields=7x26, value_bits=16, n_max=1024) 204800 57344
            K4_N65536(N=8192, primes=4, fields=5x35, value_bits=19, n_max=65536) 204800 40960\
            """);
  }

  /// Written out again, apart from the constructor's own checks.
  @Test
  void everyRowIsExactAndWithinTheSecurityTable() {
    for (AggregationParameters p : AggregationParameters.all()) {
      BigInteger modulus = BigInteger.ONE;
      for (int i = 0; i < p.primes(); i++) {
        BigInteger prime = BigInteger.valueOf(p.prime(i));
        assertThat(prime.isProbablePrime(100)).isTrue();
        assertThat(p.prime(i) % (1 << 17)).isEqualTo(1);
        assertThat(p.prime(i)).isBetween((1L << 50) - (1L << 36), 1L << 50);
        modulus = modulus.multiply(prime);
      }
      BigInteger range = BigInteger.TWO.pow(p.fields() * p.fieldBits());
      BigInteger spread = BigInteger.valueOf(254L * p.maxClients() + 2);
      assertThat(range.multiply(spread)).isLessThan(modulus);
      assertThat(p.maxClients() * ((1L << p.valueBits()) - 1)).isLessThan(1L << p.fieldBits());
      int cap = p.degree() == 2048 ? 53 : p.degree() == 4096 ? 106 : 214;
      assertThat(modulus.bitLength()).isLessThanOrEqualTo(cap);
    }
  }

  @Test
  void findsRowsByNameAndListsThemOtherwise() {
    assertThat(AggregationParameters.named("K2_N256")).isSameAs(AggregationParameters.K2_N256);
    assertThatThrownBy(() -> AggregationParameters.named("K3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("parameters: K3 (expected: one of [K2_N256, K2_N64,");
  }

  @Test
  void namesAreDistinct() {
    Set<String> names =
        AggregationParameters.all().stream()
            .map(AggregationParameters::name)
            .collect(Collectors.toSet());
    assertThat(names).hasSize(AggregationParameters.all().size());
  }

  /// `254·258 + 2 < 2^16 < 254·259 + 2`, and Q is 2^100 less a few ppb.
  @Test
  void refusesOneClientBeyondExactness() {
    assertThat(row(4096, 4, 21, 12, 258, Q1, Q2).maxClients()).isEqualTo(258);
    refused(() -> row(4096, 4, 21, 12, 259, Q1, Q2), "fields * field_bits: 84");
  }

  @Test
  void refusesFieldsThatCouldOverflow() {
    refused(
        () -> row(4096, 3, 27, 20, 256, Q1, Q2), "field_bits (value_bits + ceil(log2 n_max)): 27");
  }

  @Test
  void refusesAModulusBeyondTheSecurityTable() {
    refused(() -> row(2048, 3, 28, 20, 256, Q1, Q2), "log2 Q: 100 (expected: 1 to 53)");
    refused(() -> row(1024, 1, 34, 26, 256, Q1), "log2 Q: 50 (expected: 1 to 26)");
  }

  @Test
  void refusesModuliThatAreNotDistinctOrNotOfTheTable() {
    refused(() -> row(4096, 3, 28, 20, 256, Q1, Q1), "(expected: distinct primes)");
    refused(() -> row(4096, 3, 28, 20, 256, Q1, Q2 + 2), "(expected: of the table)");
    refused(() -> row(4096, 3, 28, 20, 256, Q1, 65537), "prime: 65537");
  }

  @Test
  void countsTheParametersOfBlocks() {
    AggregationParameters p = AggregationParameters.K2_N256;
    assertThat(p.capacity(0)).isEqualTo(12285);
    assertThat(p.capacity(1)).isEqualTo(12288);
    assertThat(AggregationParameters.K1_N256.capacity(0)).isEqualTo(2046);
    assertThat(p.blocksFor(1)).isEqualTo(1);
    assertThat(p.blocksFor(12285)).isEqualTo(1);
    assertThat(p.blocksFor(12286)).isEqualTo(2);
    assertThat(p.blocksFor(12285 + 12288)).isEqualTo(2);
    assertThat(p.blocksFor(12285 + 12289)).isEqualTo(3);
    refused(() -> p.blocksFor(0), "parameters: 0");
    refused(() -> p.capacity(-1), "block: -1");
    refused(() -> p.capacity(AggregationParameters.MAX_BLOCKS), "block: 16777216");
  }

  private static AggregationParameters row(
      int degree, int fields, int fieldBits, int valueBits, int maxClients, long... primes) {
    return new AggregationParameters(
        "row", degree, primes, fields, fieldBits, valueBits, maxClients);
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
