package ai.cifer.secagg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.TestFederation;
import ai.cifer.secagg.TestRound;
import ai.cifer.secagg.message.UploadSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AggregationPlanTest {
  private static ModelLayout layout(int parameters) {
    return new ModelLayout(List.of(new TensorSpec("w", List.of(parameters))));
  }

  private static AggregationPlan plan(EncryptionMode mode, boolean quantise, ModelLayout layout) {
    return AggregationPlan.uniform(
        mode, quantise, AggregationParameters.K2_N256, layout, 0.1f, 10_000);
  }

  @Test
  void anUploadIsAtMostSixPercentAboveFloat32() {
    ModelLayout two = layout(2_000_000);
    UploadSize keyHolder =
        UploadSize.of(
            plan(EncryptionMode.KEY_HOLDER, true, two), two, "client-1", List.of("key-holder"));
    assertThat(keyHolder.total() / 8e6).isBetween(1.04, 1.06);

    ModelLayout ten = layout(10_000_000);
    List<String> helpers = new ArrayList<>();
    for (int j = 0; j < 16; j++) {
      helpers.add("client-%02d".formatted(j));
    }
    UploadSize many =
        UploadSize.of(
            plan(EncryptionMode.SECURE_AGGREGATION, true, ten), ten, "client-01", helpers);
    assertThat(many.total() / 4e7).isBetween(1.04, 1.06);

    UploadSize floats =
        UploadSize.of(plan(EncryptionMode.NONE, false, two), two, "client-1", List.of());
    assertThat(floats.blocks()).isEqualTo(8_000_000);
  }

  @Test
  void theSizesAreThoseOfTheRealMessages(@TempDir Path spool) throws IOException {
    for (EncryptionMode mode : EncryptionMode.values()) {
      for (boolean quantise : mode.isProtected() ? List.of(true) : List.of(true, false)) {
        TestFederation federation = new TestFederation(3, spool);
        Tensors model = Tensors.allocate(TestFederation.LAYOUT);
        AggregationPlan plan =
            plan(mode, quantise, TestFederation.LAYOUT)
                .withSegmentParameters(TestFederation.SEGMENT);
        TestRound round = new TestRound(federation, federation.open(plan, model, 1, 3), model);
        round.deliver(
            0, TestFederation.update(TestFederation.LAYOUT, TestFederation.random(1), 9), Set.of());
        UploadSize size =
            UploadSize.of(
                plan,
                TestFederation.LAYOUT,
                "client-000",
                round.helpers().stream().map(each -> each.name()).toList());
        assertThat(size.blocks())
            .isEqualTo(round.blocks.values().stream().mapToLong(bytes -> bytes.length).sum());
        assertThat(size.shares())
            .isEqualTo(
                round.shares.values().stream()
                    .flatMap(List::stream)
                    .mapToLong(share -> share.encode().length)
                    .sum());
        assertThat(size.manifests())
            .isEqualTo(
                round.manifests.values().stream()
                    .mapToLong(manifest -> manifest.encode().length)
                    .sum());
      }
    }
  }

  @Test
  void theBlocksOfASegmentCoverItExactly() {
    for (AggregationParameters parameters : AggregationParameters.all()) {
      for (boolean quantise : List.of(true, false)) {
        for (long size : new long[] {1, 4093, 12_285, 12_286, 12_288, 12_289, 100_003}) {
          AggregationPlan plan =
              AggregationPlan.uniform(
                  EncryptionMode.NONE, quantise, parameters, layout(200_000), 1f, 7);
          long next = 0;
          for (int block = 0; block < plan.blocks(size); block++) {
            assertThat(plan.blockFrom(block)).isEqualTo(next);
            assertThat(plan.blockValues(block, size)).isPositive();
            next += plan.blockValues(block, size);
          }
          assertThat(next).isEqualTo(size);
        }
      }
    }
  }

  @Test
  void clipsFollowTheTensors() {
    ModelLayout layout =
        new ModelLayout(
            List.of(
                new TensorSpec("a", List.of(3)),
                new TensorSpec("b", List.of()),
                new TensorSpec("c", List.of(4))));
    AggregationPlan plan =
        new AggregationPlan(
            EncryptionMode.NONE,
            true,
            AggregationParameters.K2_N256,
            List.of(1f, 2f, 3f),
            5,
            100,
            true);
    float[] clips = new float[9];
    plan.fillClips(layout, 0, 8, clips);
    assertThat(clips).containsExactly(1, 1, 1, 2, 3, 3, 3, 3, 0);
    plan.fillClips(layout, 2, 3, clips);
    assertThat(clips).startsWith(1, 2, 3);
    assertThat(AggregationPlan.decode(plan.encode())).isEqualTo(plan);
  }

  @Test
  void figuresOutOfRangeAreNamed() {
    ModelLayout layout = layout(10);
    assertThatThrownBy(() -> plan(EncryptionMode.KEY_HOLDER, false, layout))
        .hasMessageContaining("quantise: false");
    assertThatThrownBy(() ->
            AggregationPlan.uniform(
                EncryptionMode.NONE, true, AggregationParameters.K2_N256, layout, Float.NaN, 1))
        .hasMessageContaining("clip: NaN");
    assertThatThrownBy(() ->
            AggregationPlan.uniform(
                EncryptionMode.NONE, true, AggregationParameters.K2_N256, layout, 1, 1 << 20))
        .hasMessageContaining("weight_cap: 1048576");
    assertThatThrownBy(() -> EncryptionMode.of("rot13")).hasMessageContaining("key-holder");
  }
}
