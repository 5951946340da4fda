package ai.cifer.secagg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipRuleTest {
  private static final ModelLayout TWO =
      new ModelLayout(
          List.of(
              new TensorSpec("conv1.weight", List.of(3)), new TensorSpec("fc.bias", List.of(2))));

  private static ClipTable.Entry entry(String pattern, float clip) {
    return new ClipTable.Entry(pattern, clip);
  }

  private static ClipRule quantile(double share, double factor) {
    return new ClipRule(ClipTable.uniform(1), Optional.of(new ClipRule.Quantile(share, factor)));
  }

  @ParameterizedTest
  @CsvSource({
    "conv1.weight, conv1.weight, true",
    "conv1.weight, conv1.weights, false",
    "conv*, conv1.weight, true",
    "*weight, conv1.weight, true",
    "*.*, conv1.weight, true",
    "c*1*t, conv1.weight, true",
    "*v1.w*, conv1.weight, true",
    "conv1.weight*, conv1.weight, true",
    "conv1.w*weight, conv1.weight, false",
    "*bias, conv1.weight, false",
    "*, x, true",
    "**, x, true",
    "conv?, conv1, false",
    "a*a, a, false",
  })
  void aStarStandsForAnyCharacters(String pattern, String name, boolean fits) {
    assertThat(entry(pattern, 1).fits(name)).isEqualTo(fits);
  }

  @Test
  void theFirstEntryThatFitsCounts_andEveryTensorNeedsOne() {
    assertThat(new ClipTable(List.of(entry("*.bias", 0.5f), entry("*", 2f))).clips(TWO))
        .containsExactly(2f, 0.5f);
    assertThatThrownBy(() -> new ClipTable(List.of(entry("conv*", 1))).clips(TWO))
        .hasMessage(
            "none for tensor fc.bias (expected: one for each; \"*\" stands for all others)");
    assertThatThrownBy(() -> new ClipTable(List.of(entry("cnv*", 1), entry("*", 1))).clips(TWO))
        .hasMessage(
            "cnv* (expected: the name of a tensor, * for any characters; the model has conv1.weight,"
                + " fc.bias)");
    assertThatThrownBy(() -> entry("x", Float.NaN)).hasMessageContaining("x: NaN");
    assertThatThrownBy(() -> entry("x", -1)).hasMessageContaining("x: -1.0");
  }

  @Test
  void aFixedClipStays_andATensorOfZerosKeepsItsOwn() {
    try (Tensors mean = Tensors.allocate(TWO)) {
      mean.write(0, new float[] {0.25f, -0.5f, 0.125f}, 3);
      List<Float> clips = List.of(1f, 3f);
      assertThat(ClipRule.fixed(ClipTable.uniform(1)).next(clips, mean)).isEqualTo(clips);
      List<Float> next = quantile(1, 2).next(clips, mean);
      assertThat(next.get(0)).isBetween(1f, 1f + 1f / 64);
      assertThat(next.get(1)).isEqualTo(3f);
      assertThat(quantile(0.3, 1).next(clips, mean).get(0)).isBetween(0.125f, 0.126f);
    }
  }

  /// The border is above the exact quantile, by at most one part in 128 (one bucket), whatever the
  /// order; also across a chunk of the reader, and for the largest floats.
  @Property(tries = 60)
  void theQuantileIsOneBucketAboveTheExactOneAtMost(
      @ForAll @Size(min = 1, max = 60) List<Integer> bits,
      @ForAll @DoubleRange(min = 0.01, max = 1) double share,
      @ForAll @IntRange(min = 1, max = 700) int repeated) {
    float[] all = new float[bits.size() * repeated];
    for (int i = 0; i < all.length; i++) {
      float value = Float.intBitsToFloat(bits.get(i % bits.size()));
      all[i] = Float.isFinite(value) ? value : Float.MAX_VALUE;
    }
    ModelLayout layout = new ModelLayout(List.of(new TensorSpec("w", List.of(all.length))));
    float[] sorted = new float[all.length];
    for (int i = 0; i < all.length; i++) {
      sorted[i] = Math.abs(all[i]);
    }
    Arrays.sort(sorted);
    float exact = sorted[(int) Math.ceil(share * all.length) - 1];
    try (Tensors tensors = Tensors.allocate(layout)) {
      tensors.write(0, all, all.length);
      float found = new MagnitudeHistogram().quantile(tensors, 0, share);
      if (exact < 0x1p-133f) {
        assertThat(found).isZero();
      } else {
        assertThat(found).isGreaterThanOrEqualTo(exact).isFinite();
        assertThat((double) found).isLessThanOrEqualTo(exact * (1 + 0x1p-7) + 0x1p-133);
      }
      float clip = quantile(share, 1e6).next(List.of(1f), tensors).getFirst();
      assertThat(clip).isFinite().isPositive();
    }
  }

  @Test
  void rangesAreChecked() {
    assertThatThrownBy(() -> new ClipRule.Quantile(0, 1)).hasMessageContaining("quantile: 0.0");
    assertThatThrownBy(() -> new ClipRule.Quantile(1.1, 1)).hasMessageContaining("quantile: 1.1");
    assertThatThrownBy(() -> new ClipRule.Quantile(1, 0.5)).hasMessageContaining("factor: 0.5");
    assertThatThrownBy(() -> new ClipRule.Quantile(Double.NaN, 1))
        .hasMessageContaining("quantile: NaN");
    assertThatThrownBy(() -> new ClipTable(List.of())).hasMessageContaining("entries: 0");
  }
}
