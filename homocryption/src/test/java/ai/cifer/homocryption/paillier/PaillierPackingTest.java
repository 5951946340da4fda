package ai.cifer.homocryption.paillier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PaillierPackingTest {
  /// The layout that the protocol names: 3072 bits, 20-bit values, 256 clients.
  @Example
  void aKeyOf3072BitsHolds109FieldsOf28Bits() {
    PaillierPacking packing = new PaillierPacking(3072, 20, 256);
    assertThat(packing.fieldBits()).isEqualTo(28);
    assertThat(packing.fields()).isEqualTo(109);
    assertThat(packing.ciphertexts(0)).isZero();
    assertThat(packing.ciphertexts(109)).isEqualTo(1);
    assertThat(packing.ciphertexts(110)).isEqualTo(2);
    // 768 bytes for 109 values
    assertThat(768 / 109.0).isBetween(7.04, 7.06);
  }

  /// The packed number is the sum of the values times powers of two, by BigInteger.
  @Property(tries = 200)
  void packsByPowersOfTwo(
      @ForAll @IntRange(min = 1, max = 62) int valueBits,
      @ForAll @IntRange(min = 0, max = 24) int count,
      @ForAll long seed) {
    PaillierPacking packing = new PaillierPacking(2048, valueBits, 1);
    long[] values =
        java.util.random.RandomGeneratorFactory.of("L64X128MixRandom")
            .create(seed)
            .longs(count + 1L, 0, 1L << valueBits)
            .toArray();
    BigInteger expected = BigInteger.ZERO;
    for (int i = count; i >= 1; i--) {
      expected = expected.shiftLeft(valueBits).add(BigInteger.valueOf(values[i]));
    }
    assertThat(packing.pack(values, 1, count)).isEqualTo(expected);
    long[] out = new long[count + 1];
    packing.unpack(expected, 1, out, 1, count);
    out[0] = values[0];
    assertThat(out).isEqualTo(values);
  }

  @Property(tries = 100)
  void fieldsHoldEverySumAndAllFieldsFitBelowTheModulus(
      @ForAll @IntRange(min = 1, max = 40) int valueBits,
      @ForAll @IntRange(min = 1, max = 1 << 20) int summands,
      @ForAll @IntRange(min = 2048, max = 4096) int keyBits) {
    PaillierPacking packing = new PaillierPacking(keyBits, valueBits, summands);
    BigInteger largest =
        BigInteger.valueOf(summands)
            .multiply(BigInteger.ONE.shiftLeft(valueBits).subtract(BigInteger.ONE));
    assertThat(largest.bitLength()).isLessThanOrEqualTo(packing.fieldBits());
    assertThat(packing.fields() * packing.fieldBits()).isLessThan(keyBits);
    assertThat((packing.fields() + 1) * packing.fieldBits()).isGreaterThanOrEqualTo(keyBits);
  }

  @Example
  void refusesFieldsThatCannotBe() {
    assertThatThrownBy(() -> new PaillierPacking(3072, 0, 1)).hasMessageContaining("value bits: 0");
    assertThatThrownBy(() -> new PaillierPacking(3072, 60, 5))
        .hasMessageContaining("at most 62 bits");
    assertThatThrownBy(() -> new PaillierPacking(40, 30, 1024))
        .hasMessageContaining("key: 40 bits (expected: more than a field's 40)");
    try (PaillierSecretKey key = PaillierVectors.key("odd")) {
      PaillierEncryptor encryptor = encryptor(key);
      assertThatThrownBy(() -> encryptor.encrypt(new long[1], new PaillierPacking(3072, 20, 256)))
          .hasMessageContaining("use PaillierPacking.of(key, ...)");
    }
  }

  @Example
  void refusesValuesOutOfRangeWithoutShowingThem() {
    try (PaillierSecretKey key = PaillierVectors.key("odd")) {
      PaillierEncryptor encryptor = encryptor(key);
      PaillierPacking packing = PaillierPacking.of(key.publicKey(), 20, 4);
      for (long bad : new long[] {-1, 1_048_576, Long.MIN_VALUE}) {
        assertThatThrownBy(() -> encryptor.encrypt(new long[] {5, bad, 6}, packing))
            .isInstanceOf(PaillierException.FieldOverflow.class)
            .hasMessageContaining("expected: all 0 to 2^20 - 1")
            .hasMessageNotContaining(String.valueOf(bad));
      }
    }
  }

  /// A hostile sender puts too much into a field: the receiver sees it.
  @Example
  void decryptionFindsFieldsThatAreTooLarge() {
    try (PaillierSecretKey key = PaillierVectors.key("odd");
        PaillierDecryptor decryptor = new PaillierDecryptor(key, PaillierVectors.seeded(1))) {
      PaillierEncryptor encryptor = encryptor(key);
      PaillierPacking packing = PaillierPacking.of(key.publicKey(), 20, 4);
      for (BigInteger plaintext :
          new BigInteger[] {
            BigInteger.ONE.shiftLeft(20),
            BigInteger.ONE.shiftLeft(2 * 22),
            BigInteger.ONE.shiftLeft(8 * 22),
            key.publicKey().modulus().subtract(BigInteger.ONE)
          }) {
        PaillierVector hostile =
            new PaillierVector(
                key.publicKey(), packing, 2, 1, java.util.List.of(encryptor.encrypt(plaintext)));
        assertThatThrownBy(() -> decryptor.decrypt(hostile))
            .isInstanceOf(PaillierException.FieldOverflow.class)
            .hasMessageContaining("1 summands of 20 bits");
      }
    }
  }

  @Example
  void vectorsOfDifferentShapesAreNotAdded() {
    try (PaillierSecretKey key = PaillierVectors.key("odd")) {
      PaillierEncryptor encryptor = encryptor(key);
      PaillierEvaluator evaluator = new PaillierEvaluator(key.publicKey());
      PaillierPacking packing = PaillierPacking.of(key.publicKey(), 20, 4);
      PaillierVector two = encryptor.encrypt(new long[2], packing);
      PaillierVector three = encryptor.encrypt(new long[3], packing);
      PaillierVector other =
          encryptor.encrypt(new long[2], PaillierPacking.of(key.publicKey(), 20, 5));
      assertThatThrownBy(() -> evaluator.add(two, three)).hasMessageContaining("3 values");
      assertThatThrownBy(() -> evaluator.add(two, other)).hasMessageContaining("as the first");
      assertThatThrownBy(() -> evaluator.multiply(two, 0)).hasMessageContaining("weight: 0");
      assertThatThrownBy(() -> evaluator.multiply(two, 5))
          .isInstanceOf(PaillierException.FieldOverflow.class);
    }
  }

  /// Parallel encryption gives the same vector of plaintexts.
  @Example
  void anExecutorMayShareTheWork() {
    try (PaillierSecretKey key = PaillierVectors.key("odd");
        PaillierDecryptor decryptor = new PaillierDecryptor(key, PaillierVectors.seeded(1));
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      long[] values = java.util.stream.LongStream.range(0, 500).toArray();
      PaillierPacking packing = PaillierPacking.of(key.publicKey(), 20, 4);
      PaillierEncryptor encryptor =
          new PaillierEncryptor(key.publicKey(), new java.security.SecureRandom());
      assertThat(decryptor.decrypt(encryptor.encrypt(values, packing, threads))).isEqualTo(values);
    }
  }

  private static PaillierEncryptor encryptor(PaillierSecretKey key) {
    return new PaillierEncryptor(key.publicKey(), PaillierVectors.seeded(9));
  }
}
