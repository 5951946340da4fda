package ai.cifer.homocryption.paillier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// The laws of an additively homomorphic scheme. Small keys: the laws do not depend on the size,
/// and [PaillierVectorTest] has the large ones.
class PaillierPropertyTest {
  /// One key with all that is made from it, on one back end.
  private record Setup(
      PaillierPublicKey key,
      PaillierEncryptor encryptor,
      PaillierEvaluator evaluator,
      PaillierDecryptor decryptor) {

    static Setup of(String name, PaillierBackend backend) {
      PaillierSecretKey secret = PaillierVectors.key(name);
      PaillierPublicKey key = secret.publicKey();
      return new Setup(
          key,
          new PaillierEncryptor(key, PaillierExponents.SHORT, backend, PaillierVectors.seeded(2)),
          new PaillierEvaluator(key, backend),
          new PaillierDecryptor(secret, backend, PaillierVectors.seeded(3)));
    }

    BigInteger number(BigInteger any) {
      return any.mod(key.modulus());
    }
  }

  private static final List<Setup> SETUPS = setups();

  private static List<Setup> setups() {
    List<Setup> setups = new ArrayList<>();
    for (String name : PaillierVectors.SMALL) {
      for (PaillierBackend backend : PaillierVectors.backends()) {
        setups.add(Setup.of(name, backend));
      }
    }
    return setups;
  }

  @Property(tries = 60)
  void decryptionInvertsEncryption(@ForAll BigInteger any) {
    for (Setup s : SETUPS) {
      BigInteger m = s.number(any);
      assertThat(s.decryptor.decrypt(s.encryptor.encrypt(m))).isEqualTo(m);
    }
  }

  @Property(tries = 60)
  void ciphertextsAddAndScale(@ForAll BigInteger x, @ForAll BigInteger y, @ForAll BigInteger z) {
    for (Setup s : SETUPS) {
      BigInteger n = s.key.modulus();
      BigInteger a = s.number(x);
      BigInteger b = s.number(y);
      BigInteger k = s.number(z).max(BigInteger.ONE);
      PaillierCiphertext ca = s.encryptor.encrypt(a);
      PaillierCiphertext cb = s.encryptor.encrypt(b);
      assertThat(s.decryptor.decrypt(s.evaluator.add(ca, cb))).isEqualTo(a.add(b).mod(n));
      assertThat(s.evaluator.add(ca, cb)).isEqualTo(s.evaluator.add(cb, ca));
      assertThat(s.decryptor.decrypt(s.evaluator.add(ca, z))).isEqualTo(a.add(z).mod(n));
      assertThat(s.decryptor.decrypt(s.evaluator.multiply(ca, k))).isEqualTo(a.multiply(k).mod(n));
      assertThat(s.decryptor.decrypt(s.evaluator.subtract(ca, cb))).isEqualTo(a.subtract(b).mod(n));
      assertThat(s.decryptor.decrypt(s.evaluator.negate(ca))).isEqualTo(a.negate().mod(n));
      assertThat(s.evaluator.multiply(s.evaluator.add(ca, cb), k))
          .isEqualTo(s.evaluator.add(s.evaluator.multiply(ca, k), s.evaluator.multiply(cb, k)));
    }
  }

  @Property(tries = 60)
  void signedNumbersKeepTheirSign(@ForAll int x, @ForAll int y, @ForAll BigInteger any) {
    for (Setup s : SETUPS) {
      PaillierCiphertext a = s.encryptor.encryptSigned(BigInteger.valueOf(x));
      PaillierCiphertext b = s.encryptor.encryptSigned(BigInteger.valueOf(y));
      assertThat(s.decryptor.decryptSigned(s.evaluator.add(a, b))).isEqualTo((long) x + y);
      assertThat(s.decryptor.decryptSigned(s.evaluator.subtract(a, b))).isEqualTo((long) x - y);
      BigInteger half = s.key.modulus().shiftRight(1);
      BigInteger m = any.mod(s.key.modulus()).subtract(half);
      assertThat(s.decryptor.decryptSigned(s.encryptor.encryptSigned(m))).isEqualTo(m);
    }
  }

  @Property(tries = 30)
  void rerandomizingChangesTheCiphertextOnly(@ForAll BigInteger any) {
    for (Setup s : SETUPS) {
      BigInteger m = s.number(any);
      PaillierCiphertext c = s.encryptor.encrypt(m);
      PaillierCiphertext other = s.encryptor.rerandomize(c);
      assertThat(other).isNotEqualTo(c);
      assertThat(s.decryptor.decrypt(other)).isEqualTo(m);
    }
  }

  /// What one back end computes the other computes bit by bit, randomness being equal.
  @Property(tries = 30)
  void bothBackendsGiveTheSameBits(@ForAll BigInteger any, @ForAll long seed) {
    PaillierVectors.assumeGmp();
    for (String name : PaillierVectors.SMALL) {
      try (PaillierSecretKey secret = PaillierVectors.key(name)) {
        PaillierPublicKey key = secret.publicKey();
        for (PaillierExponents exponents : PaillierExponents.values()) {
          List<PaillierCiphertext> results = new ArrayList<>();
          for (PaillierBackend backend : PaillierBackend.values()) {
            PaillierEncryptor encryptor =
                new PaillierEncryptor(key, exponents, backend, PaillierVectors.seeded(seed));
            PaillierEvaluator evaluator = new PaillierEvaluator(key, backend);
            PaillierCiphertext c = encryptor.encrypt(any.mod(key.modulus()));
            PaillierCiphertext d = evaluator.multiply(c, BigInteger.valueOf(123_456_789));
            results.add(encryptor.rerandomize(evaluator.add(evaluator.negate(d), c)));
          }
          assertThat(results.get(0)).isEqualTo(results.get(1));
        }
      }
    }
  }

  @Property(tries = 40)
  void packedSumsAreExact(
      @ForAll @IntRange(min = 1, max = 20) int valueBits,
      @ForAll @IntRange(min = 1, max = 5) int vectors,
      @ForAll @IntRange(min = 0, max = 40) int size,
      @ForAll long seed) {
    var random = java.util.random.RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (Setup s : SETUPS) {
      PaillierPacking packing = PaillierPacking.of(s.key, valueBits, 8);
      long[] sums = new long[size];
      PaillierVector sum = s.encryptor.encrypt(new long[size], packing);
      for (int i = 0; i < vectors; i++) {
        long[] values = random.longs(size, 0, 1L << valueBits).toArray();
        int weight = i == 0 ? 3 : 1;
        for (int j = 0; j < size; j++) {
          sums[j] += weight * values[j];
        }
        PaillierVector vector = s.evaluator.multiply(s.encryptor.encrypt(values, packing), weight);
        sum = s.evaluator.add(sum, vector);
      }
      assertThat(sum.summands()).isEqualTo(vectors + 3);
      assertThat(sum.ciphertexts()).hasSize(packing.ciphertexts(size));
      assertThat(s.decryptor.decrypt(s.encryptor.rerandomize(sum))).isEqualTo(sums);
    }
  }

  /// All fields at their largest value, as many summands as fit: no field spills.
  @Example
  void theFullestSumDoesNotOverflow() {
    for (Setup s : SETUPS) {
      for (int summands : new int[] {1, 2, 3, 4, 255, 256, 257}) {
        PaillierPacking packing = PaillierPacking.of(s.key, 20, summands);
        long[] values = new long[2 * packing.fields() + 1];
        java.util.Arrays.fill(values, (1 << 20) - 1);
        PaillierVector full = s.evaluator.multiply(s.encryptor.encrypt(values, packing), summands);
        assertThat(s.decryptor.decrypt(full)).containsOnly(summands * ((1L << 20) - 1));
        assertThatThrownBy(() -> s.evaluator.add(full, full))
            .isInstanceOf(PaillierException.FieldOverflow.class)
            .hasMessageContaining("summands: " + 2 * summands)
            .hasMessageContaining("(expected: at most " + summands + ")");
      }
    }
  }
}
