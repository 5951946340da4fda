package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.KeptPlaces;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.message.SegmentResult;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A result is without a segment only where the plan of the round says that it may be.
class ResultOfPartialRoundTest {
  private static final ModelLayout LAYOUT =
      new ModelLayout(List.of(new TensorSpec("w", List.of(60))));

  private static final Bytes OPENED = Bytes.sha256(new byte[] {1});

  @TempDir Path spool;

  private TestFederation federation;

  private VerifiedRound round(boolean partial) throws IOException {
    federation = new TestFederation(4, spool);
    AggregationPlan plan =
        AggregationPlan.uniform(EncryptionMode.SECURE_AGGREGATION, true, LAYOUT, 0.25f, 1000)
            .withSegmentParameters(20)
            .withPartialRounds(partial);
    return VerifiedRound.verify(
        federation.open(plan, Tensors.allocate(LAYOUT), 1, 3), federation.enrolment());
  }

  private RoundResult result(VerifiedRound round, Bytes... segments) {
    return new RoundResult(
            round.ctx(),
            List.of(segments),
            OPENED,
            OPENED,
            federation.coordinator.name(),
            Bytes.EMPTY)
        .signed(federation.coordinator);
  }

  @Test
  void withoutASegment_onlyWhereThePlanSaysSo() throws IOException {
    VerifiedRound whole = round(false);
    assertThat(whole.isAuthentic(result(whole, OPENED, OPENED, OPENED))).isTrue();
    assertThat(whole.isAuthentic(result(whole, OPENED, SegmentResult.NONE, OPENED))).isFalse();

    VerifiedRound partial = round(true);
    RoundResult without = result(partial, OPENED, SegmentResult.NONE, OPENED);
    assertThat(partial.isAuthentic(without)).isTrue();
    assertThat(without.abandoned()).containsExactly(1);
    assertThat(partial.kept(without).ranges()).containsExactly(new KeptPlaces.Range(20, 40));
    assertThat(
            partial.isAuthentic(
                result(partial, SegmentResult.NONE, SegmentResult.NONE, SegmentResult.NONE)))
        .as("that would be a void round")
        .isFalse();
  }
}
