package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.helper.RequestRefused;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.message.Shares;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundRefused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// One round that everybody delivered to, for the attacks on it.
class AttackScene {
  static final int CLIENTS = 4;

  @TempDir Path spool;
  final RandomGenerator random = TestFederation.random(3);
  final Tensors model = Tensors.allocate(TestFederation.LAYOUT);
  final AggregationPlan plan = plan(EncryptionMode.KEY_HOLDER);
  TestFederation federation;
  TestRound round;

  static AggregationPlan plan(EncryptionMode mode) {
    return AggregationPlan.uniform(
            mode, true, AggregationParameters.K2_N256, TestFederation.LAYOUT, 0.25f, 1000)
        .withSegmentParameters(TestFederation.SEGMENT);
  }

  @BeforeEach
  void everybodyDelivers() throws IOException {
    federation = new TestFederation(CLIENTS, spool);
    round = deliver(1);
  }

  TestRound deliver(int number) throws IOException {
    TestRound next = new TestRound(federation, federation.open(plan, model, number, 3), model);
    for (int i = 0; i < CLIENTS; i++) {
      next.deliver(i, update(), Set.of());
    }
    return next;
  }

  ClientUpdate update() {
    return TestFederation.update(TestFederation.LAYOUT, random, 10 + random.nextInt(500));
  }

  HelperRole keyHolder() throws IOException {
    return round.helper(federation.keyHolder);
  }

  HelperRole restartedKeyHolder() throws IOException {
    HelperRole again =
        federation.newHelper(
            federation.keyHolder, TestFederation.policy(EncryptionMode.KEY_HOLDER));
    again.accept(round.open);
    return again;
  }

  Cohort heldCohort(int segment) throws IOException {
    Candidates candidates = round.candidates(segment);
    round.hold(candidates, federation.keyHolder);
    return candidates.cohort();
  }

  static Cohort without(Cohort cohort, int... indices) {
    List<Cohort.Entry> entries = new ArrayList<>(cohort.entries());
    for (int index : indices) {
      entries.remove(index);
    }
    return new Cohort(cohort.ctx(), cohort.segment(), cohort.attempt(), entries);
  }

  static void assertRefused(RequestRefused.Reason reason, ThrowingCallable attack) {
    assertThatThrownBy(attack)
        .isInstanceOfSatisfying(
            RequestRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  static void assertRefused(RoundRefused.Reason reason, ThrowingCallable attack) {
    assertThatThrownBy(attack)
        .isInstanceOfSatisfying(
            RoundRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  ShareStatus status(TestRound of, int segment, Manifest manifest, SealedShare share)
      throws IOException {
    return keyHolder()
        .hold(
            new Shares(
                of.round.ctx(), segment, 0, 0, 1, List.of(new Shares.Candidate(manifest, share))))
        .orElseThrow();
  }
}
