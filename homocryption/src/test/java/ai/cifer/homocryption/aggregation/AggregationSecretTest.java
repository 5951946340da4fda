package ai.cifer.homocryption.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AggregationSecretTest {
  private static final AggregationParameters K1 = AggregationParameters.K1_N64;
  private static final SecureRandom RANDOM = new SecureRandom();

  @Test
  void coefficientsAreSmallAndFresh() {
    int[] first = new int[K1.degree()];
    int[] second = new int[K1.degree()];
    try (var a = AggregationSecret.generate(K1, RANDOM);
        var b = AggregationSecret.generate(K1, RANDOM)) {
      a.copyCoefficients(first);
      b.copyCoefficients(second);
    }
    assertThat(first).isNotEqualTo(second);
    assertThat(Arrays.stream(first).map(Math::abs).max().orElseThrow()).isBetween(15, 127);
    double meanSquare =
        Arrays.stream(first).mapToDouble(x -> x * (double) x).average().orElseThrow();
    assertThat(meanSquare).isBetween(50.0, 80.0);
  }

  /// The seeds of s and e are drawn apart: s of one seed and e of the same would be related.
  @Test
  void secretAndErrorsComeFromDifferentSeeds() {
    byte[][] seeds = new byte[2][];
    var recording =
        new SecureRandom() {
          private static final long serialVersionUID = 1;
          private int calls;

          @Override
          public void nextBytes(byte[] bytes) {
            super.nextBytes(bytes);
            seeds[calls++] = bytes.clone();
          }
        };
    AggregationSecret.generate(K1, recording).close();
    assertThat(seeds[0]).hasSize(32).isNotEqualTo(seeds[1]);
    assertThat(seeds[1]).hasSize(32);
  }

  @Test
  void closeZeroesTheMemoryFirst() {
    AggregationSecret secret = AggregationSecret.generate(K1, RANDOM);
    MemorySegment memory = secret.memory();
    assertThat(memory.isNative()).isTrue();
    assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).isNotEqualTo(new byte[K1.degree()]);
    secret.zero();
    assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(new byte[K1.degree()]);
    secret.close();
    secret.close();
    assertThat(memory.scope().isAlive()).isFalse();
    assertThatThrownBy(() -> secret.copyCoefficients(new int[K1.degree()]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("secret: closed (expected: open); draw a new one");
    assertThatThrownBy(() -> new BlockMasker(K1, new byte[32], secret))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void showsOnlyTheNameOfItsParameters() {
    try (var secret = AggregationSecret.generate(K1, RANDOM);
        var masker = new BlockMasker(K1, new byte[32], secret)) {
      assertThat(secret).hasToString("AggregationSecret(K1_N64)");
      assertThat(masker).hasToString("BlockMasker(K1_N64)");
    }
  }

  /// Two messages under one (s, a), or one error under two a, break the scheme.
  @Test
  void masksEveryBlockOnceForAllMaskersAndSeeds() {
    int[] slots = new int[K1.valuesPerBlock()];
    ByteBuffer out = ByteBuffer.allocate(K1.blockBytes());
    byte[] otherSeed = new byte[32];
    otherSeed[0] = 1;
    try (var secret = AggregationSecret.generate(K1, RANDOM);
        var masker = new BlockMasker(K1, new byte[32], secret);
        var other = new BlockMasker(K1, otherSeed, secret)) {
      masker.mask(5, slots, out.clear());
      masker.mask(4, slots, out.clear());
      for (BlockMasker again : new BlockMasker[] {masker, other}) {
        assertThatThrownBy(() -> again.mask(5, slots, out.clear()))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("block: 5 (expected: one not yet masked with this secret)");
        assertThat(out.position()).isZero();
      }
    }
  }

  @Test
  void maskerRefusesWhatItCannotMask() {
    int[] slots = new int[K1.valuesPerBlock()];
    ByteBuffer out = ByteBuffer.allocate(K1.blockBytes());
    try (var secret = AggregationSecret.generate(K1, RANDOM)) {
      BlockMasker masker = new BlockMasker(K1, new byte[32], secret);
      refused(() -> masker.mask(-1, slots, out), "block: -1");
      refused(() -> masker.mask(0, new int[3], out), "slots: 3 (expected: 4096)");
      refused(() -> masker.mask(0, slots, ByteBuffer.allocate(12_799)), "out: 12799 bytes");
      slots[9] = 1 << 12;
      refused(() -> masker.mask(0, slots, out), "bits of a slot: 13");
      slots[9] = 0;
      refused(
          () -> new BlockMasker(AggregationParameters.K1_N256, new byte[32], secret),
          "parameters: K1_N256 (expected: those of the secret, K1_N64)");
      // A refusal has not used up the block.
      masker.mask(0, slots, out);
      masker.close();
      assertThatThrownBy(() -> masker.mask(1, slots, out.clear()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("masker: closed");
    }
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
