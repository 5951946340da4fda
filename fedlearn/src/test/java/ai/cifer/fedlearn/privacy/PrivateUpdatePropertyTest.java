package ai.cifer.fedlearn.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.privacy.UpdatePrivacy.Scope;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class PrivateUpdatePropertyTest {

  private static float[] made(UpdatePrivacy privacy, int bits, int key, float... values) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) key);
    ModelLayout layout = new ModelLayout(List.of(new TensorSpec("w", List.of(values.length))));
    try (ClientUpdate update = new ClientUpdate(Tensors.allocate(layout), 1)) {
      update.delta().write(0, values, values.length);
      new PrivateUpdate(privacy, bits, NoiseSource.of(bytes)).of(update);
      float[] result = new float[values.length];
      update.delta().read(0, result, result.length);
      return result;
    }
  }

  /// So that the quantiser of every mode takes values as they are, and none is cut.
  @Property(tries = 200)
  void theLatticeHoldsTheUpdateAndItsNoise(
      @ForAll @DoubleRange(min = 0.01, max = 1e6) double clipNorm,
      @ForAll @DoubleRange(min = 0.05, max = 50) double noise,
      @ForAll @DoubleRange(min = 0.01, max = 1) double sampling,
      @ForAll @IntRange(min = 1, max = 64) int honest,
      @ForAll @IntRange(min = 15, max = 24) int bits) {
    UpdatePrivacy privacy =
        new UpdatePrivacy(Scope.CENTRAL, clipNorm, noise, sampling, honest, 1e-5);
    double step = privacy.step(bits);
    int levels = (1 << (bits - 1)) - 1;
    double most = (clipNorm + 12 * privacy.deviation()) / sampling;
    assertThat(step).isEqualTo(Math.scalb(1.0, Math.getExponent(step)));
    assertThat(privacy.clip(bits) / (double) levels).isEqualTo(step);
    assertThat((double) privacy.clip(bits)).isBetween(most, 2.001 * most);
  }

  @Property(tries = 50)
  void anUpdateIsScaledToItsNorm_andWholeStepsAreSent(
      @ForAll @DoubleRange(min = 0.01, max = 100) double length,
      @ForAll @IntRange(max = 99) int key) {
    UpdatePrivacy privacy = UpdatePrivacy.local(1, 0.001, 1e-5);
    float[] sent = made(privacy, 24, key, (float) (0.6 * length), 0, (float) (-0.8 * length));
    double scale = Math.min(1, 1 / length) * length;
    double slack = 12 * privacy.deviation() + privacy.step(24);
    assertThat((double) sent[0]).isCloseTo(0.6 * scale, within(slack));
    assertThat((double) sent[1]).isCloseTo(0, within(slack));
    assertThat((double) sent[2]).isCloseTo(-0.8 * scale, within(slack));
    for (float value : sent) {
      assertThat(value / privacy.step(24)).isEqualTo(Math.rint(value / privacy.step(24)));
    }
  }

  /// 200,000 values: the deviation is known to 0.16 %, and 4.55 % lie beyond two of them, known to
  /// 0.05 %; five times that is allowed.
  @Example
  void theNoiseIsGaussian_andEachClientAddsItsPart() {
    UpdatePrivacy privacy = UpdatePrivacy.central(2, 3, 9, 1e-5);
    assertThat(privacy.deviation()).isEqualTo(2.0);
    float[] sent = made(privacy, 20, 1, new float[200_000]);
    double sum = 0;
    double squares = 0;
    int far = 0;
    for (float value : sent) {
      sum += value;
      squares += (double) value * value;
      far += Math.abs(value) > 4 ? 1 : 0;
    }
    assertThat(sum / sent.length).isCloseTo(0, within(5 * 2 / Math.sqrt(sent.length)));
    assertThat(Math.sqrt(squares / sent.length)).isCloseTo(2.0, within(2 * 0.008));
    assertThat((double) far / sent.length).isCloseTo(0.0455, within(0.0025));
  }

  @Example
  void aSampledClientCountsMore_anotherSendsNoiseAlone() {
    UpdatePrivacy privacy = new UpdatePrivacy(Scope.CENTRAL, 1, 0.01, 0.25, 1, 1e-5);
    int counted = 0;
    for (int key = 0; key < 250; key++) {
      float sent = made(privacy, 20, key, 1f)[0];
      boolean counts = sent > 2;
      assertThat(sent).isCloseTo(counts ? 4f : 0f, within(0.5f));
      counted += counts ? 1 : 0;
    }
    // 62.5 +- 6.8, five times.
    assertThat(counted).isBetween(28, 97);
  }

  @Example
  void twoSourcesDiffer_andAValueThatIsNoNumberStaysOne() {
    UpdatePrivacy privacy = UpdatePrivacy.local(1, 1, 1e-5);
    assertThat(NoiseSource.secure().gaussian()).isNotEqualTo(NoiseSource.secure().gaussian());
    assertThat(made(privacy, 20, 1, 0f, Float.NaN)[1]).isNaN();
    assertThat(made(privacy, 20, 1, 0f, Float.POSITIVE_INFINITY)[1]).isNaN();
  }

  @Example
  void noiseThatRoundingWouldSwallow_andSettingsThatMeanNothing_areRefused() {
    assertThatThrownBy(() -> UpdatePrivacy.central(1, 0.01, 100, 1e-5).step(12))
        .hasMessageContaining("in steps of 12 bits")
        .hasMessageContaining("expected: >= 4");
    assertThatThrownBy(() -> UpdatePrivacy.local(1, 1, 1e-5).step(26))
        .hasMessageContaining("26 (expected: <= 24)");
    assertThatThrownBy(() -> new UpdatePrivacy(Scope.LOCAL, 1, 1, 0.5, 1, 1e-5))
        .hasMessage("sampling: 0.5 (expected: 1 with scope local)");
    assertThatThrownBy(() -> UpdatePrivacy.local(0, 1, 1e-5))
        .hasMessage("clip_norm: 0.0 (expected: > 0)");
    assertThatThrownBy(() -> UpdatePrivacy.local(1, 1, 1)).hasMessageContaining("delta: 1.0");
  }

  /// Any two updates are twice as far apart as one and zeros.
  @Example
  void aLocalGuaranteeIsForAnyTwoUpdates() {
    assertThat(UpdatePrivacy.local(5, 2, 1e-5).epsilon(3))
        .isEqualTo(UpdatePrivacy.central(7, 1, 4, 1e-5).epsilon(3));
  }
}
