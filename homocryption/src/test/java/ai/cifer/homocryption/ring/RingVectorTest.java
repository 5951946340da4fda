package ai.cifer.homocryption.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.kernel.MaskingKernel;
import ai.cifer.homocryption.kernel.TwinCheck;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
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
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
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
      var uniform = new UniformPolynomials(new byte[32], 4096);
      byte[] chunks = uniform.chunks(block, index);
      int replaced = uniform.replace(block, index, PRIMES[index]);
      assertThat(replaced).isEqualTo(1);
      assertThat(sha256(values(chunks))).isEqualTo(vector[4]);
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
      long[] raw = values(uniform.chunks(block, index));
      byte[] chunks = uniform.chunks(block, index);
      uniform.replace(block, index, PRIMES[index]);
      long[] values = values(chunks);
      assertThat(raw[position]).isGreaterThanOrEqualTo(PRIMES[index]);
      assertThat(values[position]).isBetween(0L, PRIMES[index] - 1);
      values[position] = raw[position];
      assertThat(values).isEqualTo(raw);
    }
  }

  /// The known answer of the specification: in the plain counter stream of key 0 from block 0 on,
  /// cut into pieces of two primes' chunks, the first chunk to be replaced lies in piece 62,817.
  @Test
  void meetsTheFirstChunkToBeReplacedOfTheSpecification() throws Exception {
    int bytes = PackedResidues.bytes(4096);
    for (int piece = 62_816; piece <= 62_818; piece++) {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      byte[] iv = new byte[16];
      ByteBuffer.wrap(iv).putLong(8, piece * (2L * bytes / 16));
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[32], "AES"), new IvParameterSpec(iv));
      byte[] chunks = cipher.update(new byte[2 * bytes]);
      long[] sum = new long[4096];
      boolean canonical = true;
      for (int i = 0; i < 2; i++) {
        canonical &= TwinCheck.vector().masking().fold(chunks, i * bytes, PRIMES[i], sum, 0, 4096);
      }
      assertThat(canonical).as("piece " + piece).isEqualTo(piece != 62_817);
    }
  }

  private static long[] values(byte[] chunks) {
    long[] values = new long[4096];
    for (int j = 0; j < values.length; j++) {
      values[j] = PackedResidues.get(chunks, 0, j);
    }
    return values;
  }

  @Test
  void tablesOfTheSamplerEqualTheReference() throws Exception {
    List<String[]> vectors = lines("weights");
    assertThat(vectors).hasSize(2);
    for (String[] vector : vectors) {
      GaussianTable table = new GaussianTable(vector[1]);
      assertThat(table.largest()).isEqualTo(Integer.parseInt(vector[2]) - 1);
      ByteBuffer bytes = ByteBuffer.allocate(17 * 128).order(ByteOrder.LITTLE_ENDIAN);
      for (long weight : Arrays.copyOf(table.weights(), 128)) {
        bytes.putLong(weight);
      }
      for (int column = 0; column < 128; column++) {
        bytes.putLong(table.aliases().threshold(column));
      }
      for (int column = 0; column < 128; column++) {
        bytes.put((byte) table.aliases().alias(column));
      }
      assertThat(sha256(bytes.array())).isEqualTo(vector[3]);
    }
  }

  @Test
  void samplesEqualTheReference() throws Exception {
    byte[] random = new byte[8 * 4096];
    byte[] samples = new byte[4096];
    try (var stream = new AesCtrStream(new byte[32])) {
      stream.start(Purpose.SECRET, 0, 0);
      stream.read(random, random.length);
    }
    for (MaskingKernel kernel :
        List.of(TwinCheck.vector().masking(), KernelProvider.scalar().masking())) {
      new GaussianSampler(GaussianTable.SIGMA_8, kernel).sample(random, samples);
      assertThat(sha256(samples)).isEqualTo(lines("samples").getFirst()[2]);
    }
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

  private static String sha256(long[] values) throws NoSuchAlgorithmException {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      bytes.putLong(value);
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
