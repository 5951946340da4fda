package ai.cifer.homocryption.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.aggregation.AggregationSecret;
import ai.cifer.homocryption.aggregation.BlockMasker;
import ai.cifer.homocryption.aggregation.Quantiser;
import ai.cifer.homocryption.ckks.CkksEncryptor;
import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksPlaintext;
import ai.cifer.homocryption.ckks.TestParameters;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// No stream of secret randomness is read twice: one pair of key and counter block, which stands
/// for (seed, purpose, prime, block), begins one stream. Public polynomials are exempt, they are
/// expanded by everybody; but no secret stream shares its key with them.
class NonceAuditTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @Test
  void clientsOfAnAggregationNeverReadAStreamTwice() {
    var parameters = AggregationParameters.K2_N256;
    int blocks = 3;
    int clients = 2;
    byte[] publicSeed = new byte[AggregationParameters.SEED_BYTES];
    RANDOM.nextBytes(publicSeed);
    try (var recorder = new StreamRecorder()) {
      for (int client = 0; client < clients; client++) {
        maskAsClient(parameters, publicSeed, blocks);
      }
      // Per client: the secret, and for each block error and rounding.
      assertThat(secretStreams(recorder)).hasSize(clients * (1 + 2 * blocks));
      assertAudited(recorder);
    }
  }

  private static void maskAsClient(
      AggregationParameters parameters, byte[] publicSeed, int blocks) {
    byte[] roundingSeed = new byte[AggregationParameters.SEED_BYTES];
    RANDOM.nextBytes(roundingSeed);
    int values = parameters.capacity(0);
    float[] update = new float[parameters.valuesPerBlock()];
    float[] clip = new float[parameters.valuesPerBlock()];
    Arrays.fill(clip, 1);
    int[] slots = new int[parameters.valuesPerBlock()];
    ByteBuffer out = ByteBuffer.allocate(parameters.blockBytes() + BlockMasker.SLACK);
    try (var quantiser = new Quantiser(parameters, roundingSeed, 1, 1000);
        var secret = AggregationSecret.generate(parameters, RANDOM)) {
      for (int block = 0; block < blocks; block++) {
        quantiser.quantise(block, update, clip, values, slots);
        // A masker for each block: what is shared is the secret.
        try (var masker = new BlockMasker(parameters, publicSeed, secret)) {
          masker.mask(block, slots, out.clear());
        }
      }
    }
  }

  @Test
  void keysAndCiphertextsOfCkksNeverReadAStreamTwice() {
    try (var recorder = new StreamRecorder();
        var keys =
            CkksKeys.generate(TestParameters.INSECURE_N10, List.of(1, 2, 3, -1), true, RANDOM)) {
      CkksEncryptor encryptor = keys.encryptor();
      CkksPlaintext plaintext = keys.encoder().encode(new double[] {1, 2, 3});
      for (int i = 0; i < 3; i++) {
        encryptor.encrypt(plaintext);
        encryptor.encryptSeeded(plaintext);
      }
      // s; b; four errors for each of six switching keys at least; u, e0, e1; e.
      assertThat(secretStreams(recorder)).hasSizeGreaterThanOrEqualTo(2 + 6 * 3 + 3 * 3 + 3);
      assertAudited(recorder);
    }
  }

  private static void assertAudited(StreamRecorder recorder) {
    List<String> secret = secretStreams(recorder);
    assertThat(secret).doesNotHaveDuplicates();
    List<String> secretKeys = secret.stream().map(NonceAuditTest::key).toList();
    assertThat(recorder.streams().stream().filter(s -> !isSecret(s)).map(NonceAuditTest::key))
        .isNotEmpty()
        .doesNotContainAnyElementsOf(secretKeys);
  }

  private static List<String> secretStreams(StreamRecorder recorder) {
    return recorder.streams().stream().filter(NonceAuditTest::isSecret).toList();
  }

  private static String key(String stream) {
    return stream.substring(0, 64);
  }

  /// The first byte of the counter block is the purpose; 1 and 2 are public.
  private static boolean isSecret(String stream) {
    return Integer.parseInt(stream.substring(64, 66), 16) > 2;
  }
}
