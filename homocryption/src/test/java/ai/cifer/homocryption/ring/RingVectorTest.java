package ai.cifer.homocryption.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Known answers of expansion, sampler weights and roots from `vectors/aggregation.py`.
class RingVectorTest {
  private static final long[] PRIMES = {
    1125899903827969L, 1125899902124033L, 1125899887312897L, 1125899886395393L
  };

  /// Key 0: block 9,851 is the first in which a chunk is not below its prime (the second), block
  /// 19,944 the first for the first prime.
  @Test
  void replacesAChunkThatIsNotBelowThePrime() throws Exception {
    List<String[]> vectors = lines("expand");
    assertThat(vectors).hasSize(2);
    for (String[] vector : vectors) {
      long block = Long.parseLong(vector[1]);
      int index = Integer.parseInt(vector[2]);
      double[] values = new double[4096];
      int replaced =
          new UniformPolynomials(new byte[32], 4096).expand(block, index, PRIMES[index], values);
      assertThat(replaced).isEqualTo(1);
      assertThat(sha256(values)).isEqualTo(vector[4]);
    }
  }

  /// The replacement changes its own position only.
  @Test
  void replacementShiftsNoOtherChunk() throws Exception {
    for (String[] vector : lines("expand")) {
      long block = Long.parseLong(vector[1]);
      int index = Integer.parseInt(vector[2]);
      int position = Integer.parseInt(vector[3]);
      UniformPolynomials uniform = new UniformPolynomials(new byte[32], 4096);
      double[] values = new double[4096];
      double[] raw = new double[4096];
      uniform.expand(block, index, PRIMES[index], values);
      uniform.expand(block, index, 1L << 50, raw);
      assertThat(raw[position]).isGreaterThanOrEqualTo((double) PRIMES[index]);
      assertThat(values[position]).isBetween(0.0, PRIMES[index] - 1.0);
      values[position] = raw[position];
      assertThat(values).isEqualTo(raw);
    }
  }

  @Test
  void weightsOfTheSamplerEqualTheReference() throws Exception {
    String[] vector = lines("weights").getFirst();
    long[] weights = GaussianSampler.weights();
    assertThat(weights).hasSize(Integer.parseInt(vector[1]));
    ByteBuffer bytes = ByteBuffer.allocate(8 * 74).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(weights);
    assertThat(sha256(bytes.array())).isEqualTo(vector[2]);
  }

  @Test
  void rootsEqualTheReference() throws Exception {
    List<String[]> vectors = lines("roots");
    assertThat(vectors).hasSize(3);
    for (String[] vector : vectors) {
      for (int i = 0; i < PRIMES.length; i++) {
        assertThat(CyclotomicRing.root(Integer.parseInt(vector[1]), PRIMES[i]))
            .isEqualTo(Long.parseLong(vector[2 + i]));
      }
    }
  }

  private static String sha256(double[] values) throws NoSuchAlgorithmException {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putLong((long) value);
    }
    return sha256(bytes.array());
  }

  private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static List<String[]> lines(String kind) throws IOException {
    try (InputStream in = RingVectorTest.class.getResourceAsStream("/vectors/aggregation.tsv")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().map(line -> line.split("\t")).filter(v -> v[0].equals(kind)).toList();
    }
  }
}
