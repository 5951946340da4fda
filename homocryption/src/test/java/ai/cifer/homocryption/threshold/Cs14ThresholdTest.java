package ai.cifer.homocryption.threshold;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.Preset;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The preset that threshold decryption is made for, at full size: the parties of a federation
/// release a mean of squares, the scalars of a round in one ciphertext. About three seconds, the
/// only test of the real ring.
class Cs14ThresholdTest {
  @TempDir Path folder;

  @Test
  void threePartiesReleaseMeanSquaresWithTwentyBits() throws IOException {
    CkksParameters parameters = CkksParameters.of(Preset.CS14);
    try (var committee = TestCommittee.of(parameters, 3, 2)) {
      var evaluator = new CkksEvaluator(committee.relinearizationKey());
      double[] a = committee.vector(j -> Math.sin(j));
      double[] b = committee.vector(j -> Math.cos(5 * j));
      CkksCiphertext sum =
          evaluator.add(squared(evaluator, committee, a), squared(evaluator, committee, b));
      CkksCiphertext mean = evaluator.rescale(evaluator.multiply(sum, 0.5));

      var bound = TrackedErrorBound.fresh(committee.session, 1);
      var square = bound.times(bound).relinearize().rescale();
      var circuit = square.plus(square).times(0.5).rescale();
      Smudging smudging = Smudging.of(committee.session, new SmudgingPolicy(64, 40), circuit, 20);

      ReleasedVector released = committee.decrypt(folder, mean, smudging, 1, 3);
      double[] values = released.values();
      for (int j = 0; j < values.length; j++) {
        double expected = (a[j] * a[j] + b[j] * b[j]) / 2;
        assertThat(Math.abs(values[j] - expected)).isLessThan(released.largestError());
      }
      assertThat(released.largestError()).isLessThan(0x1p-20);
    }
  }

  private static CkksCiphertext squared(
      CkksEvaluator evaluator, TestCommittee committee, double[] values) {
    CkksCiphertext x = committee.encrypt(values);
    return evaluator.rescale(evaluator.relinearize(evaluator.multiply(x, x)));
  }
}
