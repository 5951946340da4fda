package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.coordinator.ContributionRefused;
import ai.cifer.secagg.coordinator.Reveals;
import ai.cifer.secagg.coordinator.SumRefused;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A helper that signs a wrong sum of its shares.
class CorruptedRevealTest {
  private static final ModelLayout LAYOUT =
      new ModelLayout(List.of(new TensorSpec("w", List.of(30))));

  @TempDir Path spool;

  private TestRound round;
  private CohortCertificate certificate;

  private Reveals begin(int clients) throws IOException {
    TestFederation federation = new TestFederation(clients, spool);
    AggregationPlan plan =
        AggregationPlan.uniform(EncryptionMode.SECURE_AGGREGATION, true, LAYOUT, 0.25f, 1000);
    Tensors model = Tensors.allocate(LAYOUT);
    round = new TestRound(federation, federation.open(plan, model, 1, 3), model);
    for (int i = 0; i < clients; i++) {
      round.deliver(i, TestFederation.update(LAYOUT, TestFederation.random(i), 10), Set.of());
    }
    Candidates candidates = round.candidates(0);
    for (TestParticipant helper : round.helpers()) {
      round.hold(candidates, helper);
    }
    Cohort cohort = candidates.cohort();
    certificate = round.certify(cohort, round.helpers());
    return new Reveals(round.round, cohort);
  }

  private Reveal honest(int helper) throws IOException {
    return round.helper(round.helpers().get(helper)).reveal(certificate.request());
  }

  /// The true sum but for one coefficient.
  private Reveal corrupted(int helper) throws IOException {
    Reveal reveal = honest(helper);
    int[] sum = reveal.sum().toIntArray();
    sum[7] ^= 1;
    return new Reveal(
            reveal.ctx(),
            reveal.helper(),
            reveal.segment(),
            reveal.attempt(),
            reveal.cohort(),
            Coefficients.of(sum),
            Bytes.EMPTY)
        .signed(round.helpers().get(helper));
  }

  @Test
  void ofSevenHelpersALiarIsFoundAndTheSumCorrected() throws IOException {
    Reveals reveals = begin(7);
    reveals.add(corrupted(2));
    for (int helper : new int[] {0, 1, 3, 4}) {
      reveals.add(honest(helper));
    }
    // Five are the threshold, and one bit is small enough for a sum of secrets; but nothing opens.
    Tensors mean = Tensors.allocate(LAYOUT);
    assertThatThrownBy(
            () -> round.fold(certificate.cohort()).open(reveals.sumOfSecrets().sum(), mean))
        .isInstanceOf(SumRefused.class);
    reveals.add(honest(5));
    assertThatThrownBy(reveals::sumOfSecrets)
        .isInstanceOf(SumRefused.class)
        .hasMessageContaining("contradict one another");

    reveals.add(honest(6));
    Reveals.Opened opened = reveals.sumOfSecrets();
    assertThat(opened.blamed()).containsExactly("client-002");
    assertThat(round.fold(certificate.cohort()).open(opened.sum(), mean).clients()).isEqualTo(7);
  }

  @Test
  void ofFourHelpersALieIsDetected() throws IOException {
    Reveals reveals = begin(4);
    reveals.add(corrupted(0));
    for (int helper = 1; helper < 4; helper++) {
      reveals.add(honest(helper));
    }
    assertThatThrownBy(reveals::sumOfSecrets)
        .isInstanceOf(SumRefused.class)
        .hasMessageContaining("at most 0 of 4 wrong");
  }

  @Test
  void whatAHelperRevealedItCannotTakeBack_andNobodyCanRevealForIt() throws IOException {
    Reveals reveals = begin(4);
    reveals.add(honest(0));
    reveals.add(corrupted(0));
    reveals.add(honest(1));
    reveals.add(honest(2));
    assertThat(reveals.sumOfSecrets().blamed()).isEmpty();
    Reveal forged = corrupted(3);
    Reveal byAnother =
        new Reveal(forged.ctx(), forged.helper(), 0, 0, forged.cohort(), forged.sum(), Bytes.EMPTY)
            .signed(round.helpers().get(1));
    assertThatThrownBy(() -> reveals.add(byAnother)).isInstanceOf(ContributionRefused.class);
  }
}
