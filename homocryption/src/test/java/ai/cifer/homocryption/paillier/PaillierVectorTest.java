package ai.cifer.homocryption.paillier;

import static ai.cifer.homocryption.paillier.PaillierVectors.hex;
import static ai.cifer.homocryption.paillier.PaillierVectors.little;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
