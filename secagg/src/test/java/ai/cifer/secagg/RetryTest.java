package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.secagg.client.Contribution;
import ai.cifer.secagg.client.UpdateProtector;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.coordinator.SegmentSum;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.helper.RequestRefused;
import ai.cifer.secagg.message.CertifiedCohort;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.NotRevealed;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundRefused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Four clients that help one another (t = 3, and three statements for a further attempt), and what
/// a coordinator may try with a second attempt.
class RetryTest {
  private static final int SEGMENT = 1;

  private static final ModelLayout LAYOUT =
      new ModelLayout(List.of(new TensorSpec("w", List.of(60))));

  private static final SortedSet<String> NAMES =
      new TreeSet<>(List.of("client-000", "client-001", "client-002", "client-003"));

  @TempDir Path spool;

  private TestFederation federation;
  private TestRound round;

  @BeforeEach
  void everybodyHasSentEverything() throws IOException {
    begin(EncryptionMode.SECURE_AGGREGATION);
  }

  private void begin(EncryptionMode mode) throws IOException {
    federation = new TestFederation(4, spool);
    AggregationPlan plan =
        AggregationPlan.uniform(mode, true, LAYOUT, 0.25f, 1000).withSegmentParameters(20);
    Tensors model = Tensors.allocate(LAYOUT);
    round = new TestRound(federation, federation.open(plan, model, 1, 3), model);
    for (int i = 0; i < 4; i++) {
      round.deliver(i, TestFederation.update(LAYOUT, TestFederation.random(i), 10 + i), Set.of());
    }
  }

  private TestParticipant participant(int index) {
    return round.helpers().get(index);
  }

  private Bytes ctx() {
    return round.round.ctx();
  }

  private HelperRole helper(int index) throws IOException {
    return round.helper(participant(index));
  }

  /// The same helper after a crash: only its journal is left, and the round is opened to it again.
  private HelperRole restarted(int index) throws IOException {
    HelperRole again =
        federation.newHelper(participant(index), TestFederation.policy(round.open.plan().mode()));
    again.accept(RoundOpen.decode(round.open.encode()));
    return again;
  }

  private CohortCertificate certified() throws IOException {
    Candidates candidates = round.candidates(SEGMENT);
    for (TestParticipant helper : round.helpers()) {
      round.hold(candidates, helper);
    }
    return round.certify(candidates.cohort(), round.helpers());
  }

  private static void assertRefused(RequestRefused.Reason reason, ThrowingCallable request) {
    assertThatThrownBy(request)
        .isInstanceOfSatisfying(
            RequestRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  private static void assertNoRetry(ThrowingCallable retry, String fact) {
    assertThatThrownBy(retry)
        .isInstanceOfSatisfying(
            RoundRefused.class,
            refused -> assertThat(refused.reason()).isEqualTo(RoundRefused.Reason.RETRY))
        .hasMessageContaining(fact);
  }

  @Test
  void whoRevealedDoesNotStateTheOpposite_alsoAfterARestart() throws IOException {
    CohortCertificate certificate = certified();
    helper(0).reveal(certificate.request());

    assertRefused(RequestRefused.Reason.REVEALED, () -> helper(0).renounce(ctx(), SEGMENT, 0));
    assertRefused(RequestRefused.Reason.REVEALED, () -> restarted(0).renounce(ctx(), SEGMENT, 0));
    // Of other segments it may.
    assertThat(restarted(0).renounce(ctx(), 0, 0).helper()).isEqualTo(participant(0).name());
  }

  @Test
  void whoStatedThatItRevealedNothingRevealsNothing_alsoAfterARestart() throws IOException {
    CohortCertificate certificate = certified();
    NotRevealed statement = helper(0).renounce(ctx(), SEGMENT, 0);

    assertRefused(RequestRefused.Reason.RENOUNCED, () -> helper(0).reveal(certificate.request()));
    assertRefused(
        RequestRefused.Reason.RENOUNCED, () -> restarted(0).reveal(certificate.request()));
    assertThat(restarted(0).renounce(ctx(), SEGMENT, 0).encode())
        .as("written and not sent: the same bytes")
        .isEqualTo(statement.encode());
  }

  @Test
  void whoStatedItOfALaterAttemptRevealsNothingOfThoseBefore() throws IOException {
    CohortCertificate certificate = certified();
    helper(0).renounce(ctx(), SEGMENT, 3);
    assertRefused(RequestRefused.Reason.RENOUNCED, () -> helper(0).reveal(certificate.request()));
  }

  @Test
  void aStatementErasesTheShares() throws IOException {
    Candidates candidates = round.candidates(SEGMENT);
    for (TestParticipant helper : round.helpers()) {
      round.hold(candidates, helper);
    }
    Cohort cohort = candidates.cohort();
    helper(0).renounce(ctx(), SEGMENT, 0);
    assertRefused(RequestRefused.Reason.RENOUNCED, () -> helper(0).certify(cohort));
    assertRefused(
        RequestRefused.Reason.RENOUNCED,
        () -> helper(0).hold(candidates.sharesFor(participant(0).name(), 0)));
  }

  @Test
  void withEnoughStatementsTheSegmentIsSentAgainUnderFreshSecrets() throws IOException {
    certified();
    String key = TestRound.key("client-000", SEGMENT);
    byte[] before = round.blocks.get(key);
    Bytes share = round.shares.get(key).getFirst().hash();
    Bytes other = round.manifests.get(TestRound.key("client-000", 0)).hash();

    Retry retry = round.renounced(SEGMENT, round.helpers().subList(0, 3));
    assertThat(retry.statements()).hasSize(3);
    round.retry(retry, List.of(0, 1, 2, 3));

    assertThat(round.blocks.get(key)).hasSameSizeAs(before).isNotEqualTo(before);
    assertThat(round.shares.get(key).getFirst().hash()).isNotEqualTo(share);
    assertThat(round.manifests.get(TestRound.key("client-000", 0)).hash())
        .as("the other segments stay")
        .isEqualTo(other);
    Tensors mean = Tensors.allocate(LAYOUT);
    SegmentSum sum = round.finish(SEGMENT, mean);
    assertThat(sum.clients()).isEqualTo(4);
  }

  @Test
  void aClientSendsNothingAgainWithOneStatementTooFew() throws IOException {
    Retry two = round.renounced(SEGMENT, round.helpers().subList(0, 2));
    assertNoRetry(
        () -> round.contributions.get(0).retry(two),
        "2 statements that nothing of attempt 0 was revealed (expected: >= 3");
    assertNoRetry(() -> helper(3).retry(two), "expected: >= 3");
    assertThat(spool).isEmptyDirectory();
  }

  @Test
  void statementsThatAreNoneDoNotCount() throws IOException {
    Retry two = round.renounced(SEGMENT, round.helpers().subList(0, 2));
    NotRevealed third = helper(2).renounce(ctx(), SEGMENT, 0);
    NotRevealed elsewhere = helper(2).renounce(ctx(), 0, 0);
    NotRevealed later = helper(2).renounce(ctx(), SEGMENT, 1);
    TestParticipant stranger = federation.keyHolder;
    String name = third.helper();
    List<NotRevealed> bad =
        List.of(
            // Of another segment, round or attempt, though signed.
            elsewhere,
            later,
            new NotRevealed(Bytes.zeros(32), name, SEGMENT, 0, Bytes.EMPTY).signed(participant(2)),
            // Moved here under the signature for another segment; signed by another; by nobody.
            new NotRevealed(ctx(), name, SEGMENT, 0, elsewhere.signature()),
            new NotRevealed(ctx(), name, SEGMENT, 0, Bytes.EMPTY).signed(participant(3)),
            new NotRevealed(ctx(), name, SEGMENT, 0, Bytes.EMPTY),
            new NotRevealed(ctx(), stranger.name(), SEGMENT, 0, Bytes.EMPTY).signed(stranger));
    Contribution contribution = round.contributions.get(0);
    for (NotRevealed none : bad) {
      assertNoRetry(() -> contribution.retry(with(two, none)), "2 statements");
    }
    try (UpdateProtector protector = contribution.retry(with(two, third))) {
      assertThat(protector.attempt()).isEqualTo(1);
    }
  }

  private static Retry with(Retry retry, NotRevealed more) {
    return changed(
        retry,
        statements -> {
          List<NotRevealed> all = new ArrayList<>(statements);
          all.add(more);
          all.sort(Comparator.comparing(NotRevealed::attempt).thenComparing(NotRevealed::helper));
          return all;
        });
  }

  private static Retry changed(Retry retry, UnaryOperator<List<NotRevealed>> change) {
    return new Retry(
        retry.ctx(), retry.segment(), retry.attempt(), change.apply(retry.statements()));
  }

  @Test
  void afterAReveal_theOthersStatementsDoNotSuffice() throws IOException {
    CohortCertificate certificate = certified();
    helper(0).reveal(certificate.request());
    helper(1).reveal(certificate.request());
    // The two that did not reveal are one too few; those that did, refuse.
    Retry retry = round.renounced(SEGMENT, round.helpers().subList(2, 4));
    assertRefused(RequestRefused.Reason.REVEALED, () -> helper(0).renounce(ctx(), SEGMENT, 0));
    assertNoRetry(() -> round.contributions.get(0).retry(retry), "2 statements");
  }

  private Cohort cohortOfAll() {
    return new Cohort(
        ctx(),
        SEGMENT,
        0,
        NAMES.stream()
            .map(name ->
                new Cohort.Entry(name, round.manifests.get(TestRound.key(name, SEGMENT)).hash()))
            .toList());
  }

  private Retry repeated(CohortCertificate... certificates) {
    List<CertifiedCohort> certified =
        Stream.of(certificates)
            .map(each -> new CertifiedCohort(each.cohort(), each.signatures()))
            .toList();
    return Retry.decode(
        new Retry(ctx(), SEGMENT, certificates.length, List.of(), certified).encode());
  }

  /// Whatever the coordinator has of the first attempt, be it its sum: of the second one it gets
  /// the same sum, of the same integers, and nothing else.
  @Test
  void afterAnOpening_theSameCohortMaySendTheSegmentAgain_andTheSumIsTheSame() throws IOException {
    Tensors first = Tensors.allocate(LAYOUT);
    round.finish(SEGMENT, first);
    CohortCertificate certificate = round.certify(cohortOfAll(), round.helpers());
    String key = TestRound.key("client-000", SEGMENT);
    byte[] before = round.blocks.get(key);

    round.retry(repeated(certificate), List.of(0, 1, 2, 3));
    assertThat(round.blocks.get(key)).hasSameSizeAs(before).isNotEqualTo(before);
    Tensors second = Tensors.allocate(LAYOUT);
    assertThat(round.finish(SEGMENT, second).clients()).isEqualTo(4);
    assertThat(second.digest()).isEqualTo(first.digest());
    // What was signed of the first attempt may still be revealed: it is the same sum.
    assertThat(helper(0).reveal(certificate.request()).attempt()).isZero();
  }

  /// Two sums over different cohorts would give somebody's update.
  @Test
  void afterAnOpening_noOtherCohortIsSigned() throws IOException {
    CohortCertificate certificate = certified();
    round.retry(repeated(certificate), List.of(0, 1, 2, 3));
    Candidates candidates = round.candidates(SEGMENT);
    for (TestParticipant helper : round.helpers()) {
      round.hold(candidates, helper);
    }
    Cohort smaller = candidates.cohort(NAMES.headSet("client-003"));
    assertThat(smaller.clients()).hasSize(3);
    for (int i = 0; i < 4; i++) {
      int index = i;
      assertRefused(RequestRefused.Reason.SECOND_COHORT, () -> helper(index).certify(smaller));
    }
    assertThat(helper(0).certify(candidates.cohort()).attempt()).isEqualTo(1);
  }

  /// Even if statements about later attempts are there: the first one stays opened.
  @Test
  void onceACohortIsBinding_itBindsAllAttemptsThatFollow() throws IOException {
    CohortCertificate certificate = certified();
    round.retry(repeated(certificate), List.of(0, 1, 2, 3));
    List<NotRevealed> statements = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      statements.add(helper(i).renounce(ctx(), SEGMENT, 1));
    }
    statements.sort(Comparator.comparing(NotRevealed::helper));
    assertNoRetry(
        () -> helper(0).retry(new Retry(ctx(), SEGMENT, 2, statements)), "nothing of attempt 0");
    Retry third = new Retry(ctx(), SEGMENT, 2, statements, repeated(certificate).certified());
    round.retry(third, List.of(0, 1, 2, 3));
    Candidates candidates = round.candidates(SEGMENT);
    for (TestParticipant helper : round.helpers()) {
      round.hold(candidates, helper);
    }
    Cohort smaller = candidates.cohort(NAMES.headSet("client-003"));
    assertRefused(RequestRefused.Reason.SECOND_COHORT, () -> helper(0).certify(smaller));
  }

  @Test
  void whoWasNotInTheCohort_sendsNothingAgain() throws IOException {
    Candidates candidates = round.candidates(SEGMENT);
    for (TestParticipant helper : round.helpers()) {
      round.hold(candidates, helper);
    }
    Retry retry =
        repeated(round.certify(candidates.cohort(NAMES.headSet("client-003")), round.helpers()));
    assertThat(retry.excludes("client-003")).isTrue();
    assertThat(retry.excludes("client-002")).isFalse();
    assertNoRetry(() -> round.contributions.get(3).retry(retry), "without client-003");
    round.retry(retry, List.of(0, 1, 2));
    assertThat(round.finish(SEGMENT, Tensors.allocate(LAYOUT)).clients()).isEqualTo(3);
  }

  @Test
  void certificatesThatAreNone_bindNobodyAndBeginNothing() throws IOException {
    Candidates candidates = round.candidates(SEGMENT);
    for (TestParticipant helper : round.helpers()) {
      round.hold(candidates, helper);
    }
    Cohort cohort = candidates.cohort();
    List<CohortSignature> two = List.of(helper(0).certify(cohort), helper(1).certify(cohort));
    CohortSignature third = helper(2).certify(cohort);
    TestParticipant stranger = federation.keyHolder;
    List<CohortSignature> bad =
        List.of(
            new CohortSignature(ctx(), third.helper(), SEGMENT, 1, cohort.hash(), Bytes.EMPTY)
                .signed(participant(2)),
            new CohortSignature(ctx(), third.helper(), 0, 0, cohort.hash(), Bytes.EMPTY)
                .signed(participant(2)),
            new CohortSignature(ctx(), third.helper(), SEGMENT, 0, ctx(), Bytes.EMPTY)
                .signed(participant(2)),
            new CohortSignature(ctx(), third.helper(), SEGMENT, 0, cohort.hash(), Bytes.EMPTY)
                .signed(participant(3)),
            new CohortSignature(ctx(), stranger.name(), SEGMENT, 0, cohort.hash(), Bytes.EMPTY)
                .signed(stranger));
    Contribution contribution = round.contributions.get(0);
    for (CohortSignature none : bad) {
      assertNoRetry(() -> contribution.retry(with(cohort, two, none)), "0 statements");
      assertNoRetry(() -> helper(3).retry(with(cohort, two, none)), "or the certificate");
    }
    // The signatures of a cohort do not make another one certified.
    Cohort other = candidates.cohort(NAMES.headSet("client-003"));
    assertNoRetry(() -> contribution.retry(with(other, two, third)), "0 statements");
    try (UpdateProtector protector = contribution.retry(with(cohort, two, third))) {
      assertThat(protector.attempt()).isEqualTo(1);
    }
  }

  private Retry with(Cohort cohort, List<CohortSignature> two, CohortSignature more) {
    List<CohortSignature> all = new ArrayList<>(two);
    all.add(more);
    all.sort(Comparator.comparing(CohortSignature::helper));
    return new Retry(ctx(), SEGMENT, 1, List.of(), List.of(new CertifiedCohort(cohort, all)));
  }

  @Test
  void everyAttemptBeforeNeedsItsStatements() throws IOException {
    round.retry(round.renounced(SEGMENT, round.helpers()), List.of(0, 1, 2, 3));
    Retry third = round.renounced(SEGMENT, round.helpers());
    assertThat(third.attempt()).isEqualTo(2);
    for (int attempt = 0; attempt < 2; attempt++) {
      int without = attempt;
      Retry partial =
          changed(
              third,
              statements -> statements.stream().filter(each -> each.attempt() != without).toList());
      assertNoRetry(
          () -> round.contributions.get(0).retry(partial), "nothing of attempt " + attempt);
    }
    round.retry(third, List.of(0, 1, 2, 3));
    // Once an attempt was begun it is not begun again: the secret would serve twice.
    assertNoRetry(() -> round.contributions.get(0).retry(third), "out of turn");
    assertThat(round.finish(SEGMENT, Tensors.allocate(LAYOUT)).clients()).isEqualTo(4);
  }

  @Test
  void aHelperWorksOnNoAttemptThatDidNotBegin_andNotOnOneThatIsOver() throws IOException {
    Candidates first = round.candidates(SEGMENT);
    Retry retry = round.renounced(SEGMENT, round.helpers().subList(1, 4));
    // Helper 0 has not heard of the retry, and has promised nothing.
    round.attempts.put(SEGMENT, 1);
    try (UpdateProtector protector = round.contributions.get(0).retry(retry)) {
      Candidates second = new Candidates(round.round, SEGMENT, 1);
      second.add(
          new MemoryDelivery(protector.manifest(), protector.shares()),
          protector.manifest().root());
      var shares = second.sharesFor(participant(0).name(), 0);
      assertRefused(RequestRefused.Reason.OTHER_ATTEMPT, () -> helper(0).hold(shares));
      helper(0).retry(retry);
      assertThat(helper(0).hold(shares).orElseThrow().accepted()).containsExactly("client-000");
      helper(0).retry(retry);
      assertThat(helper(0).hold(shares)).as("a repeated retry changes nothing").isPresent();
    }
    assertRefused(
        RequestRefused.Reason.OTHER_ATTEMPT,
        () -> helper(0).hold(first.sharesFor(participant(0).name(), 0)));
  }

  @Test
  void aKeyHolderThatOpensCiphertextsRetriesToo_orRefusesAfterItsFirstOpening() throws IOException {
    begin(EncryptionMode.CKKS);
    certified();
    round.retry(round.renounced(SEGMENT, round.helpers()), List.of(0, 1, 2));
    Tensors mean = Tensors.allocate(LAYOUT);
    assertThat(round.finish(SEGMENT, mean).clients()).isEqualTo(3);
    assertRefused(RequestRefused.Reason.REVEALED, () -> helper(0).renounce(ctx(), SEGMENT, 1));
  }
}
