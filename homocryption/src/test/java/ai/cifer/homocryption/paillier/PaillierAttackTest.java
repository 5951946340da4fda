package ai.cifer.homocryption.paillier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Keys, ciphertexts and proofs that somebody made to do harm.
class PaillierAttackTest {
  private static final BigInteger ONE = BigInteger.ONE;
  private static final byte[] CONTEXT = {7};

  private static BigInteger prime(int index) {
    String[] row = PaillierVectors.rows("key", "n3072").get(0);
    return PaillierVectors.hex(row[2 + index]);
  }

  private static void assertRefused(BigInteger modulus, String fact) {
    assertThatThrownBy(() -> PaillierPublicKey.of(modulus))
        .isInstanceOf(PaillierException.InvalidKey.class)
        .hasMessageStartingWith("modulus: " + fact)
        .hasMessageContaining("(expected: ")
        .hasMessageEndingWith("ask its owner for a new public key");
  }

  @Test
  void anHonestKeyIsAccepted() {
    BigInteger n = prime(0).multiply(prime(1));
    assertThat(PaillierPublicKey.of(n).modulus()).isEqualTo(n);
  }

  @Test
  void sizesOutOfRangeAreRefused() {
    BigInteger n = prime(0).multiply(prime(1));
    assertRefused(BigInteger.ZERO, "not positive");
    assertRefused(n.negate(), "not positive");
    assertRefused(n.shiftRight(1), "3071 bits");
    assertRefused(n.multiply(n), "6144 bits");
    try (PaillierSecretKey small = PaillierVectors.key("n2048")) {
      BigInteger modulus = small.publicKey().modulus();
      assertRefused(modulus, "2048 bits (expected: 3072 to 4096 bits)");
      assertThat(PaillierPublicKey.ofAtLeast(2048, modulus).bits()).isEqualTo(2048);
    }
    assertThatThrownBy(() -> PaillierPublicKey.ofAtLeast(1024, n))
        .hasMessage("least bits: 1024 (expected: 2048 to 4096)");
  }

  @Test
  void anEvenModulusIsRefused() {
    assertRefused(prime(0).multiply(prime(1)).subtract(ONE), "even");
  }

  /// The smallest and the largest prime below 2^16.
  @Test
  void aSmallFactorIsRefused() {
    for (long small : new long[] {3, 5, 257, 65_521}) {
      BigInteger n = prime(0).multiply(prime(1)).multiply(BigInteger.valueOf(small));
      assertRefused(n, "has a prime factor below 2^16");
    }
  }

  @Test
  void perfectPowersAreRefused() {
    BigInteger p = prime(0);
    assertRefused(p.multiply(p), "a perfect power");
    BigInteger r = new BigInteger("1267650600228229401496703205653"); // the next prime after 2^100
    assertThat(r.isProbablePrime(50)).isTrue();
    assertRefused(r.pow(31), "a perfect power");
    assertRefused(BigInteger.valueOf(65_537).pow(200), "a perfect power");
  }

  @Test
  void aPrimeIsRefused() {
    // 2^3217 - 1, a prime of Mersenne (Riesel, 1957).
    assertRefused(ONE.shiftLeft(3217).subtract(ONE), "prime, or a Carmichael number");
  }

  /// (6k+1)(12k+1)(18k+1), each factor prime (Chernick 1939): a number that passes Fermat's test
  /// for every base. k found by search upwards from 2^1024 with Python: 2^1024 + CHERNICK.
  @Test
  void aCarmichaelNumberIsRefused() {
    BigInteger k = ONE.shiftLeft(1024).add(BigInteger.valueOf(CHERNICK));
    BigInteger n = ONE;
    for (int factor : new int[] {6, 12, 18}) {
      BigInteger prime = k.multiply(BigInteger.valueOf(factor)).add(ONE);
      assertThat(prime.isProbablePrime(30)).isTrue();
      n = n.multiply(prime);
    }
    assertRefused(n, "prime, or a Carmichael number");
  }

  private static final long CHERNICK = 3_409_354;

  @Test
  void closeFactorsAreRefused() {
    BigInteger p = prime(0);
    assertRefused(p.multiply(p.nextProbablePrime()), "its factors are so close");
    // |p - q| of about 770 bits: found in the first steps of Fermat's method.
    BigInteger q = p.add(ONE.shiftLeft(768)).nextProbablePrime();
    assertRefused(p.multiply(q), "its factors are so close");
  }

  /// q = 2kp + 1, so p divides φ(n): from outside n looks well, and two plaintexts have the same
  /// ciphertexts. Only the proof tells.
  @Test
  void aModulusThatSharesAFactorWithItsTotientHasNoProof() {
    BigInteger p = ONE.shiftLeft(1020).nextProbablePrime();
    BigInteger q = p.multiply(BigInteger.valueOf(256)).add(ONE);
    while (!q.isProbablePrime(20)) {
      q = q.add(p.shiftLeft(1));
    }
    BigInteger n = p.multiply(q);
    BigInteger totient = p.subtract(ONE).multiply(q.subtract(ONE));
    assertThat(n.gcd(totient)).isEqualTo(p);
    PaillierPublicKey key = PaillierPublicKey.ofAtLeast(2048, n);

    // x -> x^n mod n is not injective, so few numbers have an n-th root.
    BigInteger x = BigInteger.TWO.modPow(totient.divide(p), n);
    assertThat(x).isNotEqualTo(ONE);
    assertThat(x.modPow(n, n)).isEqualTo(ONE);

    // The best that its owner can do is to give roots of other numbers.
    assertThatThrownBy(() -> forged(key).verify(CONTEXT))
        .isInstanceOf(PaillierException.InvalidProof.class)
        .hasMessageContaining("do not use the key");
  }

  /// A proof of numbers that are no roots.
  private static PaillierKeyProof forged(PaillierPublicKey key) {
    int bytes = (key.bits() + 7) / 8;
    ByteBuffer form = ByteBuffer.allocate(64 + 8 * bytes);
    ai.cifer.homocryption.format.Frames.write(
        ai.cifer.homocryption.codec.FormKind.PAILLIER_KEY_PROOF,
        1,
        key.digest(),
        8L * bytes,
        form,
        out -> {
          for (int i = 0; i < 8; i++) {
            out.writeNumber(BigInteger.valueOf(2 + i), bytes);
          }
        });
    return PaillierKeyProof.read(key, form.flip());
  }

  private static PaillierKeyProof proofOf(String name) {
    try (PaillierSecretKey key = PaillierVectors.key(name)) {
      return PaillierKeyProof.create(key, CONTEXT);
    }
  }

  @Test
  void aProofConvincesForItsKeyAndContextOnly() {
    try (PaillierSecretKey key = PaillierVectors.key("n2048")) {
      PaillierKeyProof proof = proofOf("n2048");
      proof.verify(CONTEXT);
      assertThatThrownBy(() -> proof.verify(new byte[] {8}))
          .isInstanceOf(PaillierException.InvalidProof.class);
      assertThatThrownBy(() -> forged(key.publicKey()).verify(CONTEXT))
          .isInstanceOf(PaillierException.InvalidProof.class)
          .hasMessageStartingWith("key proof: root 0 is none of its challenge");
    }
  }

  @Test
  void secretKeysThatDoNotFitAreRefused() {
    BigInteger p = prime(0);
    BigInteger q = prime(1);
    for (BigInteger[] bad :
        List.of(
            new BigInteger[] {p, p},
            new BigInteger[] {p, q.add(BigInteger.TWO)},
            new BigInteger[] {p, q.shiftRight(1)},
            new BigInteger[] {p, ONE},
            new BigInteger[] {p.negate(), q},
            new BigInteger[] {p, p.nextProbablePrime()},
            new BigInteger[] {BigInteger.valueOf(65_537), BigInteger.valueOf(65_539)})) {
      assertThatThrownBy(() -> PaillierSecretKey.of(PaillierVectors.ACCESS, bad[0], bad[1]))
          .isInstanceOf(PaillierException.InvalidKey.class)
          .hasMessageContaining("generate a new key")
          .hasMessageNotContaining(bad[0].toString());
    }
    try (PaillierSecretKey key = PaillierSecretKey.of(PaillierVectors.ACCESS, p, q)) {
      assertThat(key.publicKey().modulus()).isEqualTo(p.multiply(q));
    }
  }

  @Test
  void numbersThatAreNoCiphertextsAreRefused() {
    try (PaillierSecretKey secret = PaillierVectors.key("n3072")) {
      PaillierPublicKey key = secret.publicKey();
      BigInteger n = key.modulus();
      BigInteger square = n.multiply(n);
      BigInteger p = prime(0);
      for (BigInteger bad :
          List.of(
              BigInteger.ZERO,
              ONE.negate(),
              n,
              n.add(n),
              p,
              p.multiply(BigInteger.valueOf(1_000_003)),
              square.subtract(n),
              square,
              square.add(ONE),
              square.multiply(BigInteger.TWO))) {
        assertThatThrownBy(() -> PaillierCiphertext.of(key, bad))
            .isInstanceOf(PaillierException.InvalidCiphertext.class)
            .hasMessageStartingWith("ciphertext: ")
            .hasMessageContaining("(expected: ");
      }
      assertThat(PaillierCiphertext.of(key, square.subtract(ONE)).value()).isPositive();
    }
  }

  @Test
  void ciphertextsUnderAnotherKeyAreRefused() {
    try (PaillierSecretKey one = PaillierVectors.key("tiny");
        PaillierSecretKey other = PaillierVectors.key("odd");
        PaillierDecryptor decryptor = new PaillierDecryptor(one, PaillierVectors.seeded(1))) {
      PaillierCiphertext foreign =
          new PaillierEncryptor(other.publicKey(), PaillierVectors.seeded(2)).encrypt(1);
      PaillierEvaluator evaluator = new PaillierEvaluator(one.publicKey());
      PaillierEncryptor encryptor =
          new PaillierEncryptor(one.publicKey(), PaillierVectors.seeded(2));
      PaillierCiphertext own = encryptor.encrypt(1);
      for (org.assertj.core.api.ThrowableAssert.ThrowingCallable use :
          List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
              () -> decryptor.decrypt(foreign),
              () -> evaluator.add(own, foreign),
              () -> evaluator.add(foreign, own),
              () -> evaluator.negate(foreign),
              () -> evaluator.multiply(foreign, BigInteger.TWO),
              () -> encryptor.rerandomize(foreign))) {
        assertThatThrownBy(use)
            .isInstanceOf(PaillierException.WrongKey.class)
            .hasMessageContaining("use the key under which it was encrypted");
      }
    }
  }

  @Test
  void messagesAndScalarsOutOfRangeAreRefused() {
    try (PaillierSecretKey secret = PaillierVectors.key("tiny")) {
      PaillierPublicKey key = secret.publicKey();
      PaillierEncryptor encryptor = new PaillierEncryptor(key, PaillierVectors.seeded(2));
      PaillierEvaluator evaluator = new PaillierEvaluator(key);
      PaillierCiphertext c = encryptor.encrypt(5);
      assertThatThrownBy(() -> encryptor.encrypt(-1))
          .hasMessage(
              "message: negative (expected: 0 to n - 1); for numbers with a sign use encryptSigned");
      assertThatThrownBy(() -> encryptor.encrypt(key.modulus()))
          .hasMessageContaining("message: n or above");
      BigInteger half = key.modulus().shiftRight(1);
      assertThat(encryptor.encryptSigned(half)).isNotNull();
      assertThatThrownBy(() -> encryptor.encryptSigned(half.add(ONE)))
          .hasMessageContaining("expected: -n/2 < m < n/2");
      assertThatThrownBy(() -> evaluator.multiply(c, BigInteger.ZERO))
          .hasMessageContaining("scalar: 0 (expected: 1 to n - 1)");
      assertThatThrownBy(() -> evaluator.multiply(c, key.modulus()))
          .hasMessageContaining("scalar: n or above");
    }
  }
}
