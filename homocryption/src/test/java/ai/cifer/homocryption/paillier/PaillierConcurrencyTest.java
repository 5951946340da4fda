package ai.cifer.homocryption.paillier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// One encryptor, evaluator and decryptor for many threads.
class PaillierConcurrencyTest {
  private static final int THREADS = 4;

  static List<PaillierBackend> backends() {
    return PaillierVectors.backends();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void threadsShareAllObjects(PaillierBackend backend) throws Exception {
    SecureRandom random = new SecureRandom();
    try (PaillierSecretKey secret = PaillierVectors.key("odd");
        PaillierDecryptor decryptor = new PaillierDecryptor(secret, backend, random);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      PaillierPublicKey key = secret.publicKey();
      PaillierEncryptor encryptor =
          new PaillierEncryptor(key, PaillierExponents.SHORT, backend, random);
      PaillierEvaluator evaluator = new PaillierEvaluator(key, backend);
      List<Future<Integer>> results = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int first = 1000 * t;
        results.add(
            threads.submit(() -> {
              int right = 0;
              for (int i = first; i < first + 150; i++) {
                PaillierCiphertext c =
                    evaluator.add(encryptor.encrypt(i), encryptor.encrypt(2L * i));
                if (decryptor.decrypt(c).equals(BigInteger.valueOf(3L * i))) {
                  right++;
                }
              }
              return right;
            }));
      }
      for (Future<Integer> result : results) {
        assertThat(result.get()).isEqualTo(150);
      }
    }
  }

  /// Closing waits for decryptions that are under way; later ones are refused, none fails
  /// otherwise.
  @ParameterizedTest
  @MethodSource("backends")
  void closingWhileOthersDecryptIsOrderly(PaillierBackend backend) throws Exception {
    try (PaillierSecretKey secret = PaillierVectors.key("odd");
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      PaillierDecryptor decryptor = new PaillierDecryptor(secret, backend, new SecureRandom());
      PaillierCiphertext c =
          new PaillierEncryptor(secret.publicKey(), new SecureRandom()).encrypt(7);
      CountDownLatch running = new CountDownLatch(THREADS);
      List<Future<?>> results = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        results.add(
            threads.submit(() -> {
              while (true) {
                assertThat(decryptor.decrypt(c)).isEqualTo(7);
                running.countDown();
              }
            }));
      }
      running.await();
      decryptor.close();
      for (Future<?> result : results) {
        assertThatThrownBy(result::get)
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("decryptor: closed (expected: open); make a new one");
      }
    }
  }
}
