package ai.cifer.homocryption.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.ckks.Preset;
import ai.cifer.homocryption.threshold.ThresholdException.PrecisionExhausted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmudgingTest {
  private static final ThresholdSession CS14 = session(CkksParameters.of(Preset.CS14), 3);

  private static ThresholdSession session(CkksParameters parameters, int parties) {
    return ThresholdSession.of(parameters, new Committee(parties, 2), new byte[32], "job");
  }

  private static Smudging of(SmudgingPolicy policy, int bits) {
    return Smudging.of(CS14, policy, TrackedErrorBound.fresh(CS14, 1), bits);
  }

  /// The table of the protocol's section 4: log2(√(12τ)·2^(s/2)).
  @ParameterizedTest
  @CsvSource({"1, 30, 16.8", "1, 40, 21.8", "1024, 30, 21.8", "1024, 40, 26.8"})
  void bitsOverTheCircuitsErrorAreThoseOfTheTable(long tau, int s, double bits) {
    assertThat(TrackedErrorBound.log2(new SmudgingPolicy(tau, s).factor()))
        .isBetween(bits - 0.05, bits + 0.05);
  }

  @Test
  void sigmaIsTheFormulaAndNeverLess() {
    var bound = TrackedErrorBound.fresh(CS14, 1);
    double formula = Math.sqrt(12.0 * 1024) * Math.pow(2, 20) * bound.error();
    Smudging smudging = of(new SmudgingPolicy(1024, 40), 20);
    assertThat(smudging.sigma()).isBetween(formula, formula * 7 / 6);
    // Real part of a slot: N coefficients of each of t parties, half of the variance.
    double slot = smudging.sigma() * Math.sqrt(16384.0 * 2 / 2) / 0x1p80;
    assertThat(smudging.deviation()).isBetween(slot * 0.999, slot * 1.001);
  }

  @Test
  void lessPrecisionThanAskedIsRefusedAtConstruction() {
    var policy = new SmudgingPolicy(1024, 40);
    int left = of(policy, 0).precisionBits();
    assertThat(of(policy, left).precisionBits()).isEqualTo(left);
    assertThatThrownBy(() -> of(policy, left + 1))
        .isInstanceOf(PrecisionExhausted.class)
        .hasMessageContaining("precision: " + left + " bits")
        .hasMessageContaining("(expected: " + (left + 1) + ")")
        .hasMessageContaining("CS14");
  }

  /// Why the preset CS14 exists: at Δ = 2^45 nothing is left.
  @Test
  void aScaleOf45BitsIsNotEnough() {
    ThresholdSession c14 = session(CkksParameters.of(Preset.C14), 3);
    var bound = TrackedErrorBound.fresh(c14, 1);
    assertThatThrownBy(() -> Smudging.of(c14, new SmudgingPolicy(1024, 40), bound, 1))
        .isInstanceOf(PrecisionExhausted.class);
  }

  @Test
  void aResultThatDoesNotFitIntoTheModulusIsRefused() {
    var bound = TrackedErrorBound.fresh(CS14, 0x1p20).levelDrop(0);
    assertThatThrownBy(() -> Smudging.of(CS14, new SmudgingPolicy(1, 30), bound, 5))
        .isInstanceOf(PrecisionExhausted.class)
        .hasMessageContaining("a quarter of the modulus of level 0");
  }

  @Test
  void moreDecryptionsBitsOrPartiesLeaveLessPrecision() {
    int few = of(new SmudgingPolicy(1, 30), 0).precisionBits();
    assertThat(of(new SmudgingPolicy(1 << 20, 30), 0).precisionBits()).isEqualTo(few - 10);
    assertThat(of(new SmudgingPolicy(1, 50), 0).precisionBits()).isEqualTo(few - 10);
  }

  @Test
  void policiesAreChecked() {
    for (long tau : new long[] {0, -1, (1L << 20) + 1}) {
      assertThatThrownBy(() -> new SmudgingPolicy(tau, 40))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("decryptions: " + tau);
    }
    for (int s : new int[] {0, 29, 129}) {
      assertThatThrownBy(() -> new SmudgingPolicy(1, s))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("statistical_bits: " + s);
    }
  }

  @Test
  void aBoundThatIsNoBoundIsRefused() {
    for (double error : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      CircuitErrorBound claimed = new Claimed(CS14.parameters(), error);
      assertThatThrownBy(() -> Smudging.of(CS14, new SmudgingPolicy(1, 30), claimed, 5))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("circuit error");
    }
    CircuitErrorBound foreign = new Claimed(InsecureParameters.composite(8), 100);
    assertThatThrownBy(() -> Smudging.of(CS14, new SmudgingPolicy(1, 30), foreign, 5))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(
            Smudging.of(CS14, new SmudgingPolicy(1, 30), new Claimed(CS14.parameters(), 100), 5)
                .precisionBits())
        .isGreaterThan(40);
  }

  /// A bound from elsewhere.
  private record Claimed(CkksParameters parameters, double error) implements CircuitErrorBound {
    @Override
    public int level() {
      return parameters.depth();
    }

    @Override
    public double scale() {
      return parameters.scale();
    }

    @Override
    public double approximation() {
      return 0;
    }

    @Override
    public double magnitude() {
      return parameters.scale();
    }
  }
}
