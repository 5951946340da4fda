package ai.cifer.homocryption.paillier;

import ai.cifer.homocryption.codec.SecretKeyAccess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/// Keys and known answers from `vectors/paillier.py`, and what the tests of this package share.
final class PaillierVectors {
  static final SecretKeyAccess ACCESS = SecretKeyAccess.insecureBytes();

  /// Keys whose numbers are far too small to be safe.
  static final List<String> SMALL = List.of("tiny", "odd");

  private static final List<String[]> ROWS = rows();

  private PaillierVectors() {}

  private static List<String[]> rows() {
    try (InputStream in =
        Objects.requireNonNull(
            PaillierVectors.class.getResourceAsStream("/vectors/paillier.tsv"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split("\t"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String[]> rows(String kind, String key) {
    return ROWS.stream().filter(row -> row[0].equals(kind) && row[1].equals(key)).toList();
  }

  static BigInteger hex(String digits) {
    return new BigInteger(digits, 16);
  }

  /// A key by its name in the file.
  static PaillierSecretKey key(String name) {
    String[] row = rows("key", name).get(0);
    BigInteger p = hex(row[2]);
    BigInteger q = hex(row[3]);
    return PaillierSecretKey.ofSmallPrimes(p, q);
  }

  /// Back ends that this machine has; at least one.
  static List<PaillierBackend> backends() {
    return Gmp.instance().isPresent()
        ? List.of(PaillierBackend.GMP, PaillierBackend.BIG_INTEGER)
        : List.of(PaillierBackend.BIG_INTEGER);
  }

  static void assumeGmp() {
    Assumptions.assumeTrue(Gmp.instance().isPresent(), Gmp.statement());
  }

  /// Gives the bytes of a list, over and over.
  static SecureRandom fixed(byte[]... chunks) {
    return new SecureRandom() {
      private int next;

      @Override
      public void nextBytes(byte[] bytes) {
        byte[] chunk = chunks[next++ % chunks.length];
        System.arraycopy(chunk, 0, bytes, 0, bytes.length);
      }
    };
  }

  /// Bytes that differ with the seed and are the same in every run.
  static SecureRandom seeded(long seed) {
    var generator = java.util.random.RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    return new SecureRandom() {
      @Override
      public void nextBytes(byte[] bytes) {
        generator.nextBytes(bytes);
      }
    };
  }

  /// A number as so many bytes, little endian.
  static byte[] little(BigInteger value, int bytes) {
    byte[] out = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      out[i] = value.shiftRight(8 * i).byteValue();
    }
    return out;
  }

  static byte[] bytes(int value, int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
