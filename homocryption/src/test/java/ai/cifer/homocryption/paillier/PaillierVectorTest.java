package ai.cifer.homocryption.paillier;

import static ai.cifer.homocryption.paillier.PaillierVectors.hex;
import static ai.cifer.homocryption.paillier.PaillierVectors.little;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Known answers of `vectors/paillier.py`, an independent reference in Python integers, on both
/// back ends.
class PaillierVectorTest {
  @ParameterizedTest
  @ValueSource(strings = {"tiny", "odd", "n2048", "n3072", "n4096"})
  void encryptionEqualsTheReference(String name) {
    List<String[]> rows = PaillierVectors.rows("djn", name);
    assertThat(rows).isNotEmpty();
    try (PaillierSecretKey key = PaillierVectors.key(name)) {
      int bytes = PaillierExponents.SHORT.bits(key.publicKey().bits()) / 8;
      byte[][] exponents =
          rows.stream().map(row -> little(hex(row[3]), bytes)).toArray(byte[][]::new);
      for (PaillierBackend backend : PaillierVectors.backends()) {
        PaillierEncryptor encryptor =
            new PaillierEncryptor(
                key.publicKey(),
                PaillierExponents.SHORT,
                backend,
                PaillierVectors.fixed(exponents));
        for (String[] row : rows) {
          assertThat(encryptor.encrypt(hex(row[2])).value())
              .as("%s, %s", name, backend)
              .isEqualTo(hex(row[4]));
        }
      }
    }
  }

  /// Both forms of ciphertexts: with short exponents of h, and the textbook's `r^n`.
  @ParameterizedTest
  @ValueSource(strings = {"tiny", "odd", "n2048", "n3072", "n4096"})
  void decryptionEqualsTheReference(String name) {
    try (PaillierSecretKey key = PaillierVectors.key(name)) {
      for (PaillierBackend backend : PaillierVectors.backends()) {
        try (PaillierDecryptor decryptor =
            new PaillierDecryptor(key, backend, PaillierVectors.seeded(1))) {
          for (String kind : List.of("djn", "text")) {
            for (String[] row : PaillierVectors.rows(kind, name)) {
              PaillierCiphertext c = PaillierCiphertext.of(key.publicKey(), hex(row[4]));
              assertThat(decryptor.decrypt(c))
                  .as("%s, %s, %s", name, kind, backend)
                  .isEqualTo(hex(row[2]));
            }
          }
        }
      }
    }
  }

  @Test
  void proofsEqualTheReference() {
    byte[] context = "federation 7".getBytes(StandardCharsets.US_ASCII);
    for (String name : List.of("n2048", "n3072")) {
      try (PaillierSecretKey key = PaillierVectors.key(name)) {
        PaillierKeyProof proof = PaillierKeyProof.create(key, context);
        ByteBuffer form = ByteBuffer.allocate(proof.formBytes());
        proof.write(form);
        int bytes = key.publicKey().bits() / 8;
        List<String[]> rows = PaillierVectors.rows("root", name);
        assertThat(rows).hasSize(8);
        for (int i = 0; i < 8; i++) {
          byte[] root = new byte[bytes];
          form.get(60 + i * bytes, root);
          assertThat(root).isEqualTo(little(hex(rows.get(i)[4]), bytes));
        }
        proof.verify(context);
      }
    }
  }

  /// Forms that this version writes are those of the reference, byte by byte: whoever changes a
  /// layout gives it a new version and keeps reading this one.
  @ParameterizedTest
  @ValueSource(strings = {"n2048", "n3072", "n4096"})
  void formsEqualTheReference(String name) throws NoSuchAlgorithmException {
    try (PaillierSecretKey key = PaillierVectors.key(name)) {
      PaillierPublicKey publicKey = key.publicKey();
      PaillierKeyProof proof =
          PaillierKeyProof.create(key, "federation 7".getBytes(StandardCharsets.US_ASCII));
      PaillierCiphertext c =
          PaillierCiphertext.of(publicKey, hex(PaillierVectors.rows("djn", name).get(0)[4]));
      Map<String, String> hashes = new TreeMap<>();
      hashes.put("101", hash(publicKey.formBytes(), publicKey::write));
      hashes.put("102", hash(key.formBytes(), out -> key.write(PaillierVectors.ACCESS, out)));
      hashes.put("103", hash(c.formBytes(), c::write));
      hashes.put("104", hash(proof.formBytes(), proof::write));
      Map<String, String> expected = new TreeMap<>();
      PaillierVectors.rows("form", name).forEach(row -> expected.put(row[2], row[3]));
      assertThat(hashes).isEqualTo(expected);
    }
  }

  private static String hash(int bytes, Consumer<ByteBuffer> writer)
      throws NoSuchAlgorithmException {
    ByteBuffer out = ByteBuffer.allocate(bytes);
    writer.accept(out);
    assertThat(out.hasRemaining()).isFalse();
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(out.array()));
  }

  /// The example of docs/reference-homocryption.md, with two vectors.
  @Test
  void theExampleOfTheReferenceRuns() {
    SecureRandom random = new SecureRandom();
    long[] mine = {1, 2, 1_048_575};
    long[] yours = {10, 20, 1_048_575};
    try (var secret = PaillierVectors.key("n3072")) {
      var encryptor = new PaillierEncryptor(secret.publicKey(), random);
      var evaluator = new PaillierEvaluator(secret.publicKey());
      var packing = PaillierPacking.of(secret.publicKey(), 20, 256);
      var sum = evaluator.add(encryptor.encrypt(mine, packing), encryptor.encrypt(yours, packing));
      try (var decryptor = new PaillierDecryptor(secret, random)) {
        long[] sums = decryptor.decrypt(sum);
        assertThat(sums).containsExactly(11, 22, 2_097_150);
      }
    }
  }

  /// GMP and BigInteger agree on powers whose operands sit at the ends of limbs.
  @Test
  void powersAgreeAtTheEdges() {
    PaillierVectors.assumeGmp();
    try (PaillierSecretKey key = PaillierVectors.key("odd")) {
      Engine gmp = Engine.of(PaillierBackend.GMP, key.publicKey());
      Engine plain = Engine.of(PaillierBackend.BIG_INTEGER, key.publicKey());
      BigInteger two = BigInteger.TWO;
      for (BigInteger modulus :
          List.of(
              BigInteger.valueOf(3),
              two.pow(64).subtract(BigInteger.ONE),
              two.pow(64).add(BigInteger.ONE),
              two.pow(128).subtract(BigInteger.valueOf(159)),
              key.publicKey().modulusSquared())) {
        for (BigInteger base :
            List.of(
                BigInteger.ZERO,
                BigInteger.ONE,
                two,
                modulus.subtract(BigInteger.ONE),
                modulus,
                modulus.add(two))) {
          for (BigInteger exponent :
              List.of(BigInteger.ZERO, BigInteger.ONE, two.pow(64), two.pow(65).subtract(two))) {
            assertThat(gmp.power(base, exponent, 70, modulus))
                .as("%s^%s mod %s", base, exponent, modulus)
                .isEqualTo(plain.power(base, exponent, 70, modulus));
          }
        }
      }
    }
  }
}
