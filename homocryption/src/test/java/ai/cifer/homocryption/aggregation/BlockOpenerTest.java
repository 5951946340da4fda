package ai.cifer.homocryption.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Three clients of the default parameters, each with slots of its own number.
class BlockOpenerTest {
  private static final AggregationParameters K2 = AggregationParameters.K2_N256;
  private static final long BLOCK = 3;
  private final byte[] publicSeed = new byte[32];
  private final int[][] secrets = new int[3][K2.degree()];
  private final BlockSum sum = new BlockSum(K2);
  private final long[] slotSums = new long[K2.valuesPerBlock()];

  @BeforeEach
  void maskThreeBlocks() {
    for (int i = 0; i < 3; i++) {
      int[] slots = new int[K2.valuesPerBlock()];
      java.util.Arrays.fill(slots, i + 1);
      ByteBuffer bytes = ByteBuffer.allocate(K2.blockBytes());
      try (var secret = AggregationSecret.generate(K2, new SecureRandom());
          var masker = new BlockMasker(K2, publicSeed, secret)) {
        masker.mask(BLOCK, slots, bytes);
        secret.copyCoefficients(secrets[i]);
      }
      sum.add(bytes.flip());
    }
  }

  @Test
  void opensWithTheSumOfAllSecrets() {
    open(publicSeed, sumOfSecrets(3), BLOCK);
    assertThat(slotSums).containsOnly(6);
    open(publicSeed, sumOfSecrets(3), BLOCK);
    assertThat(slotSums).containsOnly(6);
  }

  @Test
  void failsIfASecretIsMissing() {
    opensNot(publicSeed, sumOfSecrets(2), BLOCK);
  }

  @Test
  void failsIfOneCoefficientIsOffByOne() {
    int[] sumOfSecrets = sumOfSecrets(3);
    sumOfSecrets[4095]++;
    opensNot(publicSeed, sumOfSecrets, BLOCK);
  }

  @Test
  void failsForAnotherBlockNumberOrSeed() {
    opensNot(publicSeed, sumOfSecrets(3), BLOCK + 1);
    byte[] otherSeed = new byte[32];
    otherSeed[31] = 1;
    opensNot(otherSeed, sumOfSecrets(3), BLOCK);
  }

  @Test
  void refusesSecretsBeyondTheirBound() {
    int[] sumOfSecrets = new int[K2.degree()];
    sumOfSecrets[17] = -382;
    assertThatThrownBy(() -> new BlockOpener(K2, publicSeed, sumOfSecrets, 3))
        .isInstanceOf(OpeningFailed.class)
        .hasMessageContaining("s_U: -382 (expected: at most 127 * clients = 381)");
    sumOfSecrets[17] = Integer.MIN_VALUE;
    assertThatThrownBy(() -> new BlockOpener(K2, publicSeed, sumOfSecrets, 3))
        .isInstanceOf(OpeningFailed.class);
  }

  @Test
  void refusesASumOfAnotherNumberOfClients() {
    BlockOpener opener = new BlockOpener(K2, publicSeed, sumOfSecrets(3), 4);
    assertThatThrownBy(() -> opener.open(BLOCK, sum, slotSums))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("clients of the sum: 3 (expected: 4)");
    assertThatThrownBy(() -> new BlockOpener(K2, publicSeed, sumOfSecrets(3), 257))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("clients: 257 (expected: 1 to 256)");
  }

  private void opensNot(byte[] seed, int[] sumOfSecrets, long block) {
    assertThatThrownBy(() -> open(seed, sumOfSecrets, block))
        .isInstanceOf(OpeningFailed.class)
        .hasMessageContaining("block " + block + ": error sum beyond 127 * clients = 381");
  }

  private void open(byte[] seed, int[] sumOfSecrets, long block) {
    new BlockOpener(K2, seed, sumOfSecrets, 3).open(block, sum, slotSums);
  }

  private int[] sumOfSecrets(int clients) {
    int[] total = new int[K2.degree()];
    for (int i = 0; i < clients; i++) {
      for (int j = 0; j < total.length; j++) {
        total[j] += secrets[i][j];
      }
    }
    return total;
  }
}
