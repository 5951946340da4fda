package ai.cifer.homocryption.bench;

import ai.cifer.homocryption.paillier.PaillierBackend;
import ai.cifer.homocryption.paillier.PaillierCiphertext;
import ai.cifer.homocryption.paillier.PaillierDecryptor;
import ai.cifer.homocryption.paillier.PaillierEncryptor;
import ai.cifer.homocryption.paillier.PaillierEvaluator;
import ai.cifer.homocryption.paillier.PaillierExponents;
import ai.cifer.homocryption.paillier.PaillierPacking;
import ai.cifer.homocryption.paillier.PaillierPublicKey;
import ai.cifer.homocryption.paillier.PaillierSecretKey;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;

/// Measures Paillier under a fresh key.
public final class PaillierBench {
  private static final int VALUE_BITS = 20;
  private static final int SUMMANDS = 256;
  private static final int MIN_RUNS = 5;
  private static final int MAX_RUNS = 5000;

  private PaillierBench() {}

  /// Measures; takes about eight times `each`, and some seconds to draw the key.
  ///
  /// @param backend that must be present, such as [PaillierBackend#best()]
  /// @param bits of n, as [PaillierSecretKey#generate(int, SecureRandom)] takes them
  /// @param each how long each figure is measured
  public static PaillierFigures measure(PaillierBackend backend, int bits, Duration each) {
    SecureRandom random = new SecureRandom();
    try (PaillierSecretKey secret = PaillierSecretKey.generate(bits, random)) {
      return measure(backend, secret, each, random);
    }
  }

  private static PaillierFigures measure(
      PaillierBackend backend, PaillierSecretKey secret, Duration each, SecureRandom random) {
    PaillierPublicKey key = secret.publicKey();
    long start = System.nanoTime();
    PaillierEncryptor encryptor =
        new PaillierEncryptor(key, PaillierExponents.SHORT, backend, random);
    double setUp = (System.nanoTime() - start) / 1e6;
    PaillierEncryptor halfLength =
        new PaillierEncryptor(key, PaillierExponents.HALF_LENGTH, backend, random);
    PaillierEvaluator evaluator = new PaillierEvaluator(key, backend);
    PaillierPacking packing = PaillierPacking.of(key, VALUE_BITS, SUMMANDS);
    byte[] bytes = new byte[packing.fields() * packing.fieldBits() / Byte.SIZE];
    random.nextBytes(bytes);
    BigInteger message = new BigInteger(1, bytes);
    PaillierCiphertext c = encryptor.encrypt(message);
    PaillierCiphertext d = encryptor.encrypt(1);
    BigInteger scalar = BigInteger.valueOf((1 << 28) - 1);
    try (PaillierDecryptor decryptor = new PaillierDecryptor(secret, backend, random)) {
      if (!decryptor.decrypt(evaluator.add(c, d)).equals(message.add(BigInteger.ONE))) {
        throw new IllegalStateException("sum: wrong (expected: right); report this machine");
      }
      return new PaillierFigures(
          backend,
          PaillierBackend.statement(),
          key.bits(),
          packing.fields(),
          key.bits() / 4.0 / packing.fields(),
          setUp,
          percentile(each, () -> encryptor.encrypt(message)),
          percentile(each, () -> halfLength.encrypt(message)),
          percentile(each, () -> evaluator.add(c, d)),
          percentile(each, () -> evaluator.multiply(c, scalar)),
          percentile(each, () -> encryptor.rerandomize(c)),
          percentile(each, () -> decryptor.decrypt(c)));
    }
  }

  /// The 10th percentile, after half as long to compile.
  private static double percentile(Duration each, Runnable work) {
    long start = System.nanoTime();
    do {
      work.run();
    } while (System.nanoTime() - start < each.toNanos() / 2);
    double[] runs = new double[MAX_RUNS];
    int count = 0;
    start = System.nanoTime();
    while (count < MIN_RUNS || (count < MAX_RUNS && System.nanoTime() - start < each.toNanos())) {
      long begin = System.nanoTime();
      work.run();
      runs[count++] = (System.nanoTime() - begin) / 1e6;
    }
    Arrays.sort(runs, 0, count);
    return runs[count / 10];
  }
}
