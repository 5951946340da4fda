package ai.cifer.homocryption.paillier;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Whether time depends on secrets: Welch's t-test between two classes of inputs, measured in
/// random order, as dudect does (Reparaz, Balasch, Verbauwhede, 2017). A value above [#LIMIT] in
/// three measurements out of three is a dependence; dudect takes 4.5 from one, on a quiet machine.
///
/// Slow: thousands of measurements.
@Tag("slow")
class PaillierTimingTest {
  private static final double LIMIT = 6;

  /// One measurement; the argument is the class, the result keeps the work alive.
  private interface Work {
    Object run(boolean second);
  }

  /// The test finds a dependence where there is one: the time of `BigInteger.modPow` follows the
  /// exponent's bits.
  @Test
  void aDependenceIsFound() {
    BigInteger n = PaillierVectors.key("n2048").publicKey().modulus();
    BigInteger sparse = BigInteger.ONE.shiftLeft(255);
    BigInteger dense = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
    assertThat(
            depends(
                400,
                second -> BigInteger.TWO.add(n.shiftRight(1)).modPow(second ? dense : sparse, n)))
        .isTrue();
  }

  @Test
  void masksTakeTheSameTimeForAllExponents() {
    PaillierVectors.assumeGmp();
    PaillierPublicKey key = PaillierVectors.key("n2048").publicKey();
    Engine engine = Engine.of(PaillierBackend.GMP, key);
    FixedBaseTable table =
        engine.table(BigInteger.valueOf(3).pow(1000).mod(key.modulusSquared()), 256);
    BigInteger factor = key.modulusSquared().shiftRight(1);
    byte[] zeros = new byte[32];
    byte[] random = new byte[32];
    PaillierVectors.seeded(3).nextBytes(random);
    assertThat(depends(1500, second -> engine.mask(table, second ? random : zeros, factor)))
        .isFalse();
  }

  @Test
  void selectionTakesTheSameTimeForAllDigits() {
    FixedBaseTable table =
        new FixedBaseTable(
            BigInteger.valueOf(3), 64, 6144, (a, b) -> a.multiply(b).mod(BigInteger.TWO.pow(6143)));
    long[] out = new long[table.limbs()];
    assertThat(
            depends(
                4000,
                second -> {
                  for (int i = 0; i < 20; i++) {
                    table.select(i % table.windows(), second ? 31 : 0, out);
                  }
                  return out;
                }))
        .isFalse();
  }

  /// Without the blinding of the base: a special ciphertext against an ordinary one.
  @Test
  void decryptionTakesTheSameTimeForAllCiphertexts() {
    PaillierVectors.assumeGmp();
    try (PaillierSecretKey key = PaillierVectors.key("n2048");
        GmpDecryption decryption = new GmpDecryption(Gmp.instance().orElseThrow(), key)) {
      BigInteger one = BigInteger.ONE;
      BigInteger ordinary =
          new PaillierEncryptor(key.publicKey(), PaillierVectors.seeded(1)).encrypt(3).value();
      assertThat(
              depends(
                  700, second -> decryption.decrypt(second ? ordinary : BigInteger.TWO, one, one)))
          .isFalse();
    }
  }

  private static boolean depends(int count, Work work) {
    statistic(count / 4, work);
    for (int i = 0; i < 3; i++) {
      if (Math.abs(statistic(count, work)) <= LIMIT) {
        return false;
      }
    }
    return true;
  }

  /// Welch's t of the faster nine tenths of all measurements: what interrupts made slow is left out
  /// of both classes by one bound.
  private static double statistic(int count, Work work) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(count);
    Object last = null;
    double[] times = new double[2 * count];
    boolean[] classes = new boolean[2 * count];
    for (int i = 0; i < times.length; i++) {
      classes[i] = random.nextBoolean();
      long start = System.nanoTime();
      last = work.run(classes[i]);
      times[i] = System.nanoTime() - start;
    }
    assertThat(last).isNotNull();
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    double bound = sorted[times.length * 9 / 10];
    double[] n = new double[2];
    double[] sum = new double[2];
    double[] squares = new double[2];
    for (int i = 0; i < times.length; i++) {
      if (times[i] <= bound) {
        int c = classes[i] ? 1 : 0;
        n[c]++;
        sum[c] += times[i];
        squares[c] += times[i] * times[i];
      }
    }
    double variance = 0;
    for (int c = 0; c < 2; c++) {
      variance += (squares[c] / n[c] - sum[c] / n[c] * sum[c] / n[c]) / (n[c] - 1);
    }
    return (sum[1] / n[1] - sum[0] / n[0]) / Math.sqrt(variance);
  }
}
