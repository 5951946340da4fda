package ai.cifer.homocryption.ckks;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.rns.RnsPolynomial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// One evaluator for many threads, and one operation on many threads, give the same bits as one
/// thread alone.
class CkksConcurrencyTest {
  private static final CkksParameters P = TestParameters.INSECURE_N10;
  private static final CkksKeys KEYS = CkksKeys.generate(P, List.of(1, 2, 3));
  private static final CkksCiphertext X =
      KEYS.encryptor().encrypt(KEYS.encoder().encode(new double[] {1, 2, 3}));

  private static CkksCiphertext compute(CkksEvaluator evaluator) {
    CkksCiphertext y = evaluator.rescale(evaluator.relinearize(evaluator.multiply(X, X)));
    CkksCiphertext z = evaluator.rotations(y, 1, 2, 3).get(2);
    return evaluator.evaluate(evaluator.add(y, z), CkksPolynomial.power(1, -0.5, 0.25, 1));
  }

  private static boolean same(CkksCiphertext a, CkksCiphertext b) {
    for (int k = 0; k < 2; k++) {
      RnsPolynomial p = a.polynomial(k);
      RnsPolynomial q = b.polynomial(k);
      if (!Arrays.deepEquals(p.rows(), q.rows())) {
        return false;
      }
    }
    return a.size() == b.size() && a.level() == b.level();
  }

  @Test
  void manyThreadsShareOneEvaluator() throws Exception {
    CkksEvaluator evaluator = KEYS.evaluator();
    CkksCiphertext alone = compute(evaluator);
    List<Callable<CkksCiphertext>> tasks = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      tasks.add(() -> compute(evaluator));
    }
    try (var executor = Executors.newFixedThreadPool(4)) {
      for (Future<CkksCiphertext> each : executor.invokeAll(tasks)) {
        assertThat(same(each.get(), alone)).isTrue();
      }
    }
  }

  @Test
  void rowsInParallelGiveTheSameBits() {
    CkksCiphertext alone = compute(KEYS.evaluator());
    try (var executor = Executors.newFixedThreadPool(3)) {
      assertThat(same(compute(KEYS.evaluator().on(executor, 4)), alone)).isTrue();
    }
  }

  /// The caller does the rows that nobody takes: a saturated executor cannot block it.
  @Test
  void anOperationInsideItsOwnExecutorEnds() throws Exception {
    CkksCiphertext alone = compute(KEYS.evaluator());
    try (var executor = Executors.newSingleThreadExecutor()) {
      CkksEvaluator evaluator = KEYS.evaluator().on(executor, 4);
      assertThat(same(executor.submit(() -> compute(evaluator)).get(), alone)).isTrue();
    }
  }

  @Test
  void anExecutorThatRefusesIsDoneWithout() {
    CkksCiphertext alone = compute(KEYS.evaluator());
    var executor = Executors.newSingleThreadExecutor();
    executor.shutdown();
    assertThat(same(compute(KEYS.evaluator().on(executor, 4)), alone)).isTrue();
  }
}
