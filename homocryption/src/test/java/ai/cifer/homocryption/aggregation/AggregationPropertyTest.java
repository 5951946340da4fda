package ai.cifer.homocryption.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The sum that opens is, bit for bit, the sum of what was masked.
class AggregationPropertyTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @Provide
  Arbitrary<AggregationParameters> rows() {
    return Arbitraries.of(AggregationParameters.all());
  }

  @Property(tries = 26)
  void opensToTheSumOfTheSlots(
      @ForAll("rows") AggregationParameters parameters,
      @ForAll @IntRange(min = 1, max = 5) int clients,
      @ForAll @IntRange(min = 0, max = AggregationParameters.MAX_BLOCKS - 1) int block,
      @ForAll long seed) {
    RandomGenerator values = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    byte[] publicSeed = new byte[32];
    values.nextBytes(publicSeed);
    BlockSum sum = new BlockSum(parameters);
    SlotSum plain = new SlotSum(parameters);
    int[] secrets = new int[parameters.degree()];
    int[] coefficients = new int[parameters.degree()];
    int[] slots = new int[parameters.valuesPerBlock()];
    ByteBuffer bytes = ByteBuffer.allocate(parameters.blockBytes());
    for (int i = 0; i < clients; i++) {
      for (int j = 0; j < slots.length; j++) {
        slots[j] = values.nextInt(1 << parameters.valueBits());
      }
      try (var secret = AggregationSecret.generate(parameters, RANDOM);
          var masker = new BlockMasker(parameters, publicSeed, secret)) {
        masker.mask(block, slots, bytes.clear());
        sum.add(bytes.flip());
        plain.add(slots);
        secret.copyCoefficients(coefficients);
      }
      for (int j = 0; j < secrets.length; j++) {
        secrets[j] += coefficients[j];
      }
    }
    long[] opened = new long[parameters.valuesPerBlock()];
    long[] expected = new long[parameters.valuesPerBlock()];
    new BlockOpener(parameters, publicSeed, secrets, clients).open(block, sum, opened);
    plain.copySums(expected);
    assertThat(opened).isEqualTo(expected);
  }

  /// n_max clients at both corners of the exactness proof, for every row: every error 127 with
  /// every value 2^b - 1, and every error -127 with every value 0.
  ///
  /// One client's block is folded n_max times: the sum is the same as that of n_max clients with
  /// equal secrets, errors and messages.
  @Test
  void opensExactlyInTheWorstCase() {
    for (AggregationParameters parameters : AggregationParameters.all()) {
      if (parameters.maxClients() <= 4096) {
        corners(parameters);
      }
    }
  }

  @Test
  @Tag("slow")
  void opensExactlyInTheWorstCaseOf65536Clients() {
    corners(AggregationParameters.K4_N65536);
  }

  private static void corners(AggregationParameters parameters) {
    worstCase(parameters, AggregationParameters.NOISE_BOUND, (1 << parameters.valueBits()) - 1);
    worstCase(parameters, -AggregationParameters.NOISE_BOUND, 0);
  }

  private static void worstCase(AggregationParameters parameters, int error, int value) {
    int clients = parameters.maxClients();
    byte[] publicSeed = new byte[32];
    BlockSum sum = new BlockSum(parameters);
    int[] secrets = new int[parameters.degree()];
    int[] slots = new int[parameters.valuesPerBlock()];
    Arrays.fill(slots, value);
    ByteBuffer bytes = ByteBuffer.allocate(parameters.blockBytes());
    try (var secret = AggregationSecret.generate(parameters, RANDOM);
        var masker = new BlockMasker(parameters, publicSeed, secret)) {
      masker.maskWithConstantError(1, slots, error, bytes);
      secret.copyCoefficients(secrets);
    }
    bytes.flip();
    for (int i = 0; i < clients; i++) {
      sum.add(bytes.rewind());
    }
    for (int j = 0; j < secrets.length; j++) {
      secrets[j] *= clients;
    }
    long[] opened = new long[parameters.valuesPerBlock()];
    new BlockOpener(parameters, publicSeed, secrets, clients).open(1, sum, opened);
    assertThat(opened).as(parameters + " e=" + error).containsOnly((long) clients * value);
  }
}
