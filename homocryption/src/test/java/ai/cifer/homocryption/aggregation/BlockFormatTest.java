package ai.cifer.homocryption.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Bytes of blocks are hostile: what is refused leaves no trace in the sum.
class BlockFormatTest {
  private static final AggregationParameters K2 = AggregationParameters.K2_N256;

  @Test
  void refusesATruncatedBlock() {
    BlockSum sum = new BlockSum(K2);
    for (int length : new int[] {0, 1, 25_600, 51_199}) {
      ByteBuffer block = ByteBuffer.allocate(length);
      assertThatThrownBy(() -> sum.add(block))
          .isInstanceOf(MalformedBlock.class)
          .hasMessage("block: " + length + " bytes (expected: 51200), truncated");
      assertThat(block.position()).isZero();
    }
    assertThat(sum.count()).isZero();
  }

  /// The first and last residue of each prime set to the prime, and to the largest 50-bit number.
  @Test
  void refusesAResidueThatIsNotCanonicalAndKeepsTheSum() {
    for (int prime = 0; prime < 2; prime++) {
      for (int position : new int[] {0, 1, 2, 3, 2048, 4095}) {
        BlockSum sum = new BlockSum(K2);
        sum.add(ByteBuffer.wrap(block(prime, position, K2.prime(prime) - 1)));
        long[] before = sum.sums().clone();
        for (long residue : new long[] {K2.prime(prime), (1L << 50) - 1}) {
          ByteBuffer bad = ByteBuffer.wrap(block(prime, position, residue));
          assertThatThrownBy(() -> sum.add(bad))
              .isInstanceOf(MalformedBlock.class)
              .hasMessageContaining("canonical");
          assertThat(bad.position()).isZero();
        }
        assertThat(sum.sums()).isEqualTo(before);
        assertThat(sum.count()).isEqualTo(1);
        assertThat(before[prime * 4096 + position]).isEqualTo(K2.prime(prime) - 1);
      }
    }
  }

  private static byte[] block(int prime, int position, long residue) {
    byte[] block = new byte[K2.blockBytes()];
    int bit = prime * 25_600 * 8 + 50 * position;
    for (int i = 0; i < 50; i++) {
      if ((residue >>> i & 1) != 0) {
        block[(bit + i) >> 3] |= (byte) (1 << ((bit + i) & 7));
      }
    }
    return block;
  }

  @Test
  void readsConsecutiveBlocksFromHeapAndDirectBuffers() {
    for (ByteBuffer two :
        new ByteBuffer[] {ByteBuffer.allocate(102_405), ByteBuffer.allocateDirect(102_405)}) {
      two.position(3);
      two.put(block(1, 7, 11)).put(block(1, 7, 31)).position(3);
      BlockSum sum = new BlockSum(K2);
      sum.add(two);
      sum.add(two);
      assertThat(two.position()).isEqualTo(102_403);
      assertThat(sum.count()).isEqualTo(2);
      assertThat(sum.sums()[4096 + 7]).isEqualTo(42);
      sum.clear();
      assertThat(sum.count()).isZero();
      assertThat(sum.sums()).containsOnly(0);
    }
  }

  @Test
  void refusesMoreClientsThanTheParametersAllow() {
    AggregationParameters k1 = AggregationParameters.K1_N64;
    BlockSum sum = new BlockSum(k1);
    ByteBuffer block = ByteBuffer.allocate(k1.blockBytes());
    for (int i = 0; i < 64; i++) {
      sum.add(block.rewind());
    }
    assertThatThrownBy(() -> sum.add(block.rewind()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("clients: 65 (expected: <= n_max = 64)");
  }

  /// Fuzzing with fixed seeds: random bytes are refused or counted, nothing else.
  @Test
  void randomBytesNeverBreakTheSum() {
    AggregationParameters k1 = AggregationParameters.K1_N64;
    var random = java.util.random.RandomGeneratorFactory.of("L64X128MixRandom").create(3);
    BlockSum sum = new BlockSum(k1);
    byte[] bytes = new byte[k1.blockBytes()];
    for (int i = 0; i < 60; i++) {
      random.nextBytes(bytes);
      if (i % 2 == 0) {
        Arrays.fill(bytes, 100, 200, (byte) 0xff);
      }
      int before = sum.count();
      try {
        sum.add(ByteBuffer.wrap(bytes));
        assertThat(sum.count()).isEqualTo(before + 1);
      } catch (MalformedBlock refused) {
        assertThat(sum.count()).isEqualTo(before);
      }
    }
    assertThat(sum.count()).isEqualTo(30);
  }

  @Test
  void plainSumsRefuseSlotsOutOfRange() {
    SlotSum sum = new SlotSum(K2);
    int[] slots = new int[K2.valuesPerBlock()];
    slots[77] = 1 << 20;
    assertThatThrownBy(() -> sum.add(slots))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bits of a slot: 21 (expected: 0 to 20)");
    slots[77] = -1;
    assertThatThrownBy(() -> sum.add(slots)).isInstanceOf(IllegalArgumentException.class);
    slots[77] = (1 << 20) - 1;
    sum.add(slots);
    long[] sums = new long[slots.length];
    sum.copySums(sums);
    assertThat(sums[77]).isEqualTo((1 << 20) - 1);
    assertThat(sum.count()).isEqualTo(1);
  }
}
