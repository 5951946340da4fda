package ai.cifer.homocryption.paillier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What becomes of secrets, and whether blinding is random.
class PaillierSecrecyTest {
  private static byte[] bytes(MemorySegment memory) {
    return memory.toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void closingZeroesThePrimes() {
    PaillierSecretKey key = PaillierVectors.key("n2048");
    assertThat(bytes(key.memory())).isNotEqualTo(new byte[128]);
    key.zero();
    assertThat(bytes(key.memory())).isEqualTo(new byte[128]);
    key.close();
    key.close();
    assertThat(key.memory().scope().isAlive()).isFalse();
    assertThatThrownBy(() -> new PaillierDecryptor(key, new SecureRandom()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("secret key: closed (expected: open); read it again");
  }

  @Test
  void closingADecryptorZeroesItsCopies() {
    PaillierVectors.assumeGmp();
    try (PaillierSecretKey key = PaillierVectors.key("n2048")) {
      GmpDecryption decryption = new GmpDecryption(Gmp.instance().orElseThrow(), key);
      assertThat(Limbs.load(decryption.memory())).isEqualTo(key.firstPrime());
      decryption.zero();
      assertThat(bytes(decryption.memory())).isEqualTo(new byte[128]);
      decryption.close();
      assertThat(decryption.memory().scope().isAlive()).isFalse();
    }
  }

  /// One bit of the secret exponent flips in memory: no plaintext comes out, for it would factor n.
  @Test
  void aFaultInAPowerGivesNothingOut() {
    PaillierVectors.assumeGmp();
    try (PaillierSecretKey key = PaillierVectors.key("n2048")) {
      GmpDecryption decryption = new GmpDecryption(Gmp.instance().orElseThrow(), key);
      BigInteger c =
          new PaillierEncryptor(key.publicKey(), PaillierVectors.seeded(1)).encrypt(3).value();
      BigInteger u = BigInteger.ONE;
      assertThat(decryption.decrypt(c, u, u)).isEqualTo(3);
      MemorySegment exponent = decryption.exponentMemory();
      exponent.set(ValueLayout.JAVA_BYTE, 77, (byte) (exponent.get(ValueLayout.JAVA_BYTE, 77) ^ 4));
      assertThatThrownBy(() -> decryption.decrypt(c, u, u))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the machine computes wrongly");
      decryption.close();
    }
  }

  /// What one operation leaves outside the heap, GMP's scratch memory included, is zeroed.
  @Test
  void localNumbersAreZeroed() {
    Limbs limbs = Limbs.local();
    MemorySegment number = limbs.of(BigInteger.TWO.pow(100), 2);
    MemorySegment scratch = limbs.scratch(10);
    scratch.fill((byte) 5);
    MemorySegment larger = limbs.scratch(20);
    larger.fill((byte) 6);
    assertThat(limbs.scratch(20)).isEqualTo(larger);
    limbs.zero();
    for (MemorySegment memory : List.of(number, scratch, larger)) {
      assertThat(bytes(memory)).containsOnly(0);
    }
    limbs.close();
    assertThat(number.scope().isAlive()).isFalse();
  }

  @Test
  void aClosedDecryptorSaysSo() {
    try (PaillierSecretKey key = PaillierVectors.key("tiny")) {
      PaillierCiphertext c =
          new PaillierEncryptor(key.publicKey(), PaillierVectors.seeded(1)).encrypt(3);
      PaillierDecryptor decryptor = new PaillierDecryptor(key, PaillierVectors.seeded(1));
      decryptor.close();
      decryptor.close();
      assertThatThrownBy(() -> decryptor.decrypt(c))
          .hasMessage("decryptor: closed (expected: open); make a new one");
    }
  }

  @Test
  void nothingPrintsASecret() {
    try (PaillierSecretKey key = PaillierVectors.key("n2048");
        PaillierDecryptor decryptor = new PaillierDecryptor(key, PaillierVectors.seeded(1))) {
      BigInteger p = key.firstPrime();
      BigInteger q = key.secondPrime();
      for (Object object :
          List.of(
              key,
              decryptor,
              key.publicKey(),
              new PaillierEncryptor(key.publicKey(), PaillierVectors.seeded(1)),
              new PaillierEvaluator(key.publicKey()),
              PaillierKeyProof.create(key, new byte[0]))) {
        assertThat(object.toString())
            .hasSizeLessThan(200)
            .doesNotContain(p.toString().substring(0, 20), q.toString().substring(0, 20))
            .doesNotContain(p.toString(16).substring(0, 12), q.toString(16).substring(0, 12));
      }
    }
  }

  /// Two decryptions of one ciphertext raise different numbers to different exponents: every call
  /// takes fresh bytes for both blindings.
  @Test
  void everyDecryptionDrawsBothBlindings() {
    List<Integer> lengths = new ArrayList<>();
    Set<List<Byte>> drawn = new HashSet<>();
    SecureRandom counting =
        new SecureRandom() {
          @Override
          public void nextBytes(byte[] bytes) {
            super.nextBytes(bytes);
            lengths.add(bytes.length);
            List<Byte> copy = new ArrayList<>();
            for (byte b : bytes) {
              copy.add(b);
            }
            drawn.add(copy);
          }
        };
    try (PaillierSecretKey key = PaillierVectors.key("tiny");
        PaillierDecryptor decryptor = new PaillierDecryptor(key, counting)) {
      PaillierCiphertext c =
          new PaillierEncryptor(key.publicKey(), PaillierVectors.seeded(1)).encrypt(3);
      for (int i = 0; i < 50; i++) {
        assertThat(decryptor.decrypt(c)).isEqualTo(3);
      }
    }
    assertThat(lengths).hasSize(100);
    assertThat(lengths.stream().filter(bytes -> bytes == 8)).hasSize(50);
    assertThat(lengths.stream().filter(bytes -> bytes == 32)).hasSize(50);
    assertThat(drawn).hasSize(100);
  }

  /// Re-randomized ciphertexts of one plaintext are spread evenly: chi-square over 256 classes of c
  /// mod 256 and of the highest bits, 25,600 samples of fixed seed; 330 is exceeded with
  /// probability 0.001.
  @Test
  void blindedBasesAreEvenlySpread() {
    try (PaillierSecretKey key = PaillierVectors.key("tiny")) {
      PaillierPublicKey publicKey = key.publicKey();
      PaillierEncryptor encryptor =
          new PaillierEncryptor(
              publicKey,
              PaillierExponents.SHORT,
              PaillierBackend.BIG_INTEGER,
              PaillierVectors.seeded(6));
      PaillierCiphertext c = encryptor.encrypt(1);
      int[] low = new int[256];
      int[] high = new int[256];
      for (int i = 0; i < 25_600; i++) {
        BigInteger value = encryptor.rerandomize(c).value();
        low[value.intValue() & 0xff]++;
        high[value.shiftLeft(8).divide(publicKey.modulusSquared()).intValue()]++;
      }
      assertThat(chiSquare(low)).isBetween(180.0, 330.0);
      assertThat(chiSquare(high)).isBetween(180.0, 330.0);
    }
  }

  /// The numbers that blind exponents are uniform.
  @Test
  void drawnNumbersAreUniform() {
    SecureRandom random = PaillierVectors.seeded(7);
    int[] top = new int[256];
    for (int i = 0; i < 25_600; i++) {
      top[Numbers.random(61, random).shiftRight(53).intValue()]++;
    }
    assertThat(chiSquare(top)).isBetween(180.0, 330.0);
  }

  private static double chiSquare(int[] counts) {
    double sum = 0;
    for (int count : counts) {
      sum += (count - 100.0) * (count - 100.0) / 100;
    }
    return sum;
  }

  /// A fresh key of the default size: its shape, and that it works.
  @Test
  void generatedKeysHaveTheRightShape() {
    try (PaillierSecretKey key = PaillierSecretKey.generate(2048, new SecureRandom())) {
      BigInteger p = key.firstPrime();
      BigInteger q = key.secondPrime();
      assertThat(p.bitLength()).isEqualTo(1024);
      assertThat(q.bitLength()).isEqualTo(1024);
      assertThat(p.intValue() & 3).isEqualTo(3);
      assertThat(q.intValue() & 3).isEqualTo(3);
      assertThat(p.multiply(q).bitLength()).isEqualTo(2048);
      assertThat(PaillierPublicKey.ofAtLeast(2048, p.multiply(q))).isEqualTo(key.publicKey());
    }
    assertThatThrownBy(() -> PaillierSecretKey.generate(1024, new SecureRandom()))
        .hasMessage("bits: 1024 (expected: a multiple of 128 from 2048 to 4096)");
    assertThatThrownBy(() -> PaillierSecretKey.generate(3000, new SecureRandom()))
        .hasMessageContaining("bits: 3000");
  }

  @Test
  void theBackendIsStated() {
    assertThat(PaillierBackend.statement())
        .isEqualTo(
            Gmp.instance().isPresent()
                ? "Paillier: " + Gmp.statement() + ", constant-time functions"
                : "Paillier: BigInteger, slower and not constant-time: " + Gmp.statement());
    assertThat(PaillierBackend.best())
        .isEqualTo(Gmp.instance().isPresent() ? PaillierBackend.GMP : PaillierBackend.BIG_INTEGER);
  }
}
