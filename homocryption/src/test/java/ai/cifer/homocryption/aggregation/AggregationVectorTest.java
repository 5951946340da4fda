package ai.cifer.homocryption.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Known answers of quantiser and masker from `vectors/aggregation.py`, an independent reference in
/// Python integers.
class AggregationVectorTest {
  @Test
  void slotsAndBlocksEqualTheReference() throws Exception {
    List<String[]> vectors = lines().stream().filter(v -> v[0].startsWith("K")).toList();
    assertThat(vectors).hasSize(10);
    for (String[] vector : vectors) {
      check(
          AggregationParameters.named(vector[0]),
          Long.parseLong(vector[1]),
          Integer.parseInt(vector[2]),
          vector[3],
          vector[4]);
    }
  }

  private static void check(
      AggregationParameters parameters, long block, int count, String slotsHash, String blockHash)
      throws NoSuchAlgorithmException {
    float[] update = new float[count];
    float[] clip = new float[count];
    for (int i = 0; i < count; i++) {
      update[i] = (i * 7919 % 20011 - 10005) / 16384f;
      clip[i] = 0.5f;
    }
    int[] slots = new int[parameters.valuesPerBlock()];
    try (var quantiser = new Quantiser(parameters, seed(4), 37, 100)) {
      quantiser.quantise(block, update, clip, count, slots);
    }
    ByteBuffer slotBytes = ByteBuffer.allocate(4 * slots.length).order(ByteOrder.LITTLE_ENDIAN);
    slotBytes.asIntBuffer().put(slots);
    assertThat(sha256(slotBytes.array())).as(parameters + " slots").isEqualTo(slotsHash);

    ByteBuffer bytes = ByteBuffer.allocate(parameters.blockBytes());
    try (var secret = AggregationSecret.fromSeeds(parameters, seed(1), seed(2));
        var masker = new BlockMasker(parameters, seed(3), secret)) {
      masker.mask(block, slots, bytes);
    }
    assertThat(bytes.hasRemaining()).isFalse();
    assertThat(sha256(bytes.array())).as(parameters + " block").isEqualTo(blockHash);
  }

  private static byte[] seed(int value) {
    byte[] seed = new byte[AggregationParameters.SEED_BYTES];
    Arrays.fill(seed, (byte) value);
    return seed;
  }

  private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static List<String[]> lines() throws IOException {
    try (InputStream in =
        AggregationVectorTest.class.getResourceAsStream("/vectors/aggregation.tsv")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().map(line -> line.split("\t")).toList();
    }
  }
}
