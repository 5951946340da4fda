package ai.cifer.secagg.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.TestFederation;
import ai.cifer.secagg.TestRound;
import ai.cifer.secagg.client.ClientRole;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.message.Member;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.ClipTable;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundRefused.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundPolicyTest {
  @TempDir Path spool;
  private final Tensors model = Tensors.allocate(TestFederation.LAYOUT);
  private final AggregationPlan plan =
      AggregationPlan.uniform(
          EncryptionMode.KEY_HOLDER,
          true,
          AggregationParameters.K2_N256,
          TestFederation.LAYOUT,
          1f,
          100);
  private TestFederation federation;

  @BeforeEach
  void enrol() {
    federation = new TestFederation(4, spool);
  }

  private static void assertRefused(Reason reason, ThrowingCallable attack) {
    assertThatThrownBy(attack)
        .isInstanceOfSatisfying(
            RoundRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  private RoundOpen altered(RoundOpen open, Bytes previous, Bytes modelHash) {
    return new RoundOpen(
            open.federation(),
            open.run(),
            open.round(),
            open.plan(),
            open.layout(),
            modelHash,
            open.architecture(),
            open.train(),
            previous,
            open.threshold(),
            open.minClients(),
            open.coordinator(),
            open.roster(),
            open.helpers(),
            Bytes.EMPTY)
        .signed(federation.coordinator);
  }

  @Test
  void theSameRoundIsAcceptedAgainAlsoAfterARestart() throws IOException {
    RoundOpen open = federation.open(plan, model, 5, 3);
    federation.client(1, plan.mode()).accept(open);
    assertThat(federation.client(1, plan.mode()).accept(open).ctx())
        .isEqualTo(RoundContext.of(open).hash());
  }

  @Test
  void aRoundMustContinueFromTheResultThatTheClientKnows() throws IOException {
    TestRound first = new TestRound(federation, federation.open(plan, model, 1, 3), model);
    ClientRole client = federation.client(0, plan.mode());
    VerifiedRound accepted = client.accept(first.open);
    Bytes newModel = Bytes.sha256(new byte[] {5});
    RoundResult result =
        new RoundResult(
                accepted.ctx(),
                List.of(Bytes.sha256(new byte[1])),
                Bytes.zeros(32),
                newModel,
                "coordinator",
                Bytes.EMPTY)
            .signed(federation.coordinator);
    RoundResult forged =
        new RoundResult(
                accepted.ctx(),
                List.of(Bytes.sha256(new byte[1])),
                Bytes.zeros(32),
                newModel,
                "coordinator",
                Bytes.EMPTY)
            .signed(federation.clients.getFirst());
    assertRefused(Reason.SIGNATURE, () -> client.complete(accepted, forged));
    client.complete(accepted, result);
    HelperRole helper = federation.helper(federation.keyHolder, plan.mode());
    assertRefused(Reason.SIGNATURE, () -> helper.complete(forged));
    helper.complete(result);

    RoundOpen second = federation.open(plan, model, 2, 3);
    assertRefused(Reason.PREVIOUS_RESULT, () -> client.accept(second));
    assertRefused(Reason.PREVIOUS_RESULT, () -> helper.accept(second));
    HelperRole restarted =
        federation.newHelper(federation.keyHolder, TestFederation.policy(plan.mode()));
    assertRefused(Reason.PREVIOUS_RESULT, () -> restarted.accept(second));
    assertRefused(
        Reason.PREVIOUS_RESULT,
        () -> client.accept(altered(second, result.hash(), Bytes.sha256())));
    client.accept(altered(second, result.hash(), newModel));
    helper.accept(altered(second, result.hash(), newModel));
  }

  @Test
  void strangersProfilesFederationsAndRosterAreChecked() throws IOException {
    RoundOpen open = federation.open(plan, model, 1, 3);
    RoundPolicy policy = TestFederation.policy(plan.mode());
    RoundPolicy otherProfile =
        new RoundPolicy(
            TestFederation.NAME,
            3,
            policy.modes(),
            Set.of("K4_N256"),
            HelperTrust.MALICIOUS_THIRD,
            1,
            Optional.empty(),
            true,
            0);
    assertRefused(Reason.PARAMETERS, () -> federation.client(0, otherProfile, false).accept(open));
    RoundPolicy otherFederation = RoundPolicy.of("banks", plan.mode());
    assertRefused(
        Reason.FEDERATION, () -> federation.client(0, otherFederation, false).accept(open));
    TestFederation strangers = new TestFederation(4, spool);
    assertRefused(Reason.NOT_ENROLLED, () -> strangers.client(0, plan.mode()).accept(open));
    TestFederation more = new TestFederation(5, spool);
    assertRefused(Reason.NOT_ENROLLED, () -> more.client(4, plan.mode()).accept(open));
  }

  @Test
  void aKeyHolderThatIsOnlyEnrolledAsAClientDoesNotMakeARound() throws IOException {
    RoundOpen open = federation.open(plan, model, 1, 3);
    List<Member> roster =
        open.roster().stream().filter(member -> member.name().startsWith("client")).toList();
    assertThatThrownBy(() ->
            new RoundOpen(
                open.federation(),
                open.run(),
                open.round(),
                open.plan(),
                open.layout(),
                open.modelHash(),
                open.architecture(),
                open.train(),
                open.previousResult(),
                1,
                3,
                open.coordinator(),
                roster,
                open.helpers(),
                Bytes.EMPTY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("helper: key-holder");
  }

  @Test
  void aThresholdBelowTheClientsOwnAndACoarserClipAreRefused() throws IOException {
    RoundOpen open = federation.open(plan, model, 1, 3);
    RoundPolicy policy = TestFederation.policy(plan.mode());
    String tensor = open.layout().tensors().getFirst().name();
    String last = open.layout().tensors().getLast().name();
    assertRefused(
        Reason.THRESHOLD,
        () -> federation.client(0, demanding(policy, 2, Optional.empty()), false).accept(open));
    Optional<ClipTable> finer =
        Optional.of(new ClipTable(List.of(new ClipTable.Entry(tensor, 0.5f))));
    assertThatThrownBy(() -> federation.client(0, demanding(policy, 1, finer), false).accept(open))
        .isInstanceOfSatisfying(
            RoundRefused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.CLIP))
        .hasMessage(
            "clip of %s: 1.0 (expected: <= 0.5, this participant's max_clip)".formatted(tensor));
    // The first entry that fits a name counts; the clip itself is allowed.
    Optional<ClipTable> others =
        Optional.of(
            new ClipTable(List.of(new ClipTable.Entry("*", 1), new ClipTable.Entry(last, 0.5f))));
    federation.client(0, demanding(policy, 1, others), false).accept(open);
  }

  private static RoundPolicy demanding(RoundPolicy policy, int t, Optional<ClipTable> clips) {
    return new RoundPolicy(
        policy.federation(),
        policy.minClients(),
        policy.modes(),
        policy.parameters(),
        policy.trust(),
        t,
        clips,
        true,
        0);
  }

  @Test
  void aMinimumOfOneCannotBeConfigured() {
    assertThatThrownBy(() -> RoundPolicy.of(TestFederation.NAME, plan.mode()).withMinClients(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("k_min: 1");
  }

  @Test
  void thresholdsOfTheProtocolAreAdmittedAndSmallerOnesAreNot() {
    int[][] rows = {{1, 1}, {2, 2}, {3, 3}, {4, 3}, {16, 11}, {32, 22}};
    for (int[] row : rows) {
      assertThat(HelperTrust.MALICIOUS_THIRD.threshold(row[0])).isEqualTo(row[1]);
      assertThat(HelperTrust.MALICIOUS_THIRD.admits(row[1], row[0])).isTrue();
    }
    assertThat(HelperTrust.MALICIOUS_THIRD.admits(17, 32)).isFalse();
    assertThat(HelperTrust.HONEST.threshold(32)).isEqualTo(17);
    assertThat(HelperTrust.HONEST.admits(17, 32)).isTrue();
    assertThat(HelperTrust.HONEST.admits(16, 32)).isFalse();
    assertThat(HelperTrust.HONEST.admits(1, 2)).isFalse();
  }
}
