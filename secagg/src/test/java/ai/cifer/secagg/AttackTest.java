package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.aggregation.AggregationSecret;
import ai.cifer.homocryption.aggregation.BlockOpener;
import ai.cifer.homocryption.aggregation.BlockSum;
import ai.cifer.homocryption.aggregation.OpeningFailed;
import ai.cifer.secagg.client.ClientRole;
import ai.cifer.secagg.client.Contribution;
import ai.cifer.secagg.client.NonFiniteUpdate;
import ai.cifer.secagg.client.UpdateProtector;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.coordinator.CohortTooSmall;
import ai.cifer.secagg.coordinator.ContributionRefused;
import ai.cifer.secagg.coordinator.SegmentReceiver;
import ai.cifer.secagg.coordinator.SumRefused;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.helper.RequestRefused;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.message.Shares;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundContext;
import ai.cifer.secagg.round.RoundPolicy;
import ai.cifer.secagg.round.RoundRefused;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a coordinator, or somebody between, may try in key-holder mode.
class AttackTest {
  private static final int CLIENTS = 4;

  @TempDir Path spool;
  private final RandomGenerator random = TestFederation.random(3);
  private final Tensors model = Tensors.allocate(TestFederation.LAYOUT);
  private final AggregationPlan plan = plan(EncryptionMode.KEY_HOLDER);
  private TestFederation federation;
  private TestRound round;

  private static AggregationPlan plan(EncryptionMode mode) {
    return AggregationPlan.uniform(
            mode, true, AggregationParameters.K2_N256, TestFederation.LAYOUT, 0.25f, 1000)
        .withSegmentParameters(TestFederation.SEGMENT);
  }

  @BeforeEach
  void everybodyDelivers() throws IOException {
    federation = new TestFederation(CLIENTS, spool);
    round = deliver(1);
  }

  private TestRound deliver(int number) throws IOException {
    TestRound next = new TestRound(federation, federation.open(plan, model, number, 3), model);
    for (int i = 0; i < CLIENTS; i++) {
      next.deliver(i, update(), Set.of());
    }
    return next;
  }

  private ClientUpdate update() {
    return TestFederation.update(TestFederation.LAYOUT, random, 10 + random.nextInt(500));
  }

  private HelperRole keyHolder() throws IOException {
    return round.helper(federation.keyHolder);
  }

  private HelperRole restartedKeyHolder() throws IOException {
    HelperRole again =
        federation.newHelper(
            federation.keyHolder, TestFederation.policy(EncryptionMode.KEY_HOLDER));
    again.accept(round.open);
    return again;
  }

  private Cohort heldCohort(int segment) throws IOException {
    Candidates candidates = round.candidates(segment);
    round.hold(candidates, federation.keyHolder);
    return candidates.cohort();
  }

  private static Cohort without(Cohort cohort, int... indices) {
    List<Cohort.Entry> entries = new ArrayList<>(cohort.entries());
    for (int index : indices) {
      entries.remove(index);
    }
    return new Cohort(cohort.ctx(), cohort.segment(), cohort.attempt(), entries);
  }

  private static void assertRefused(RequestRefused.Reason reason, ThrowingCallable attack) {
    assertThatThrownBy(attack)
        .isInstanceOfSatisfying(
            RequestRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  private static void assertRefused(RoundRefused.Reason reason, ThrowingCallable attack) {
    assertThatThrownBy(attack)
        .isInstanceOfSatisfying(
            RoundRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  @Test
  void aSecondCohortIsRefusedAlsoAfterARestart() throws IOException {
    Cohort cohort = heldCohort(0);
    CohortSignature signature = keyHolder().certify(cohort);
    Cohort smaller = without(cohort, 0);

    assertRefused(RequestRefused.Reason.SECOND_COHORT, () -> keyHolder().certify(smaller));
    assertThat(keyHolder().certify(cohort)).isEqualTo(signature);
    assertRefused(RequestRefused.Reason.SECOND_COHORT, () -> restartedKeyHolder().certify(smaller));
    assertThat(restartedKeyHolder().certify(cohort)).isEqualTo(signature);
  }

  @Test
  void aHelperThatCrashedBetweenDiskAndAnswerRevealsTheSameSum() throws IOException {
    Cohort cohort = heldCohort(0);
    CohortCertificate certificate = round.certify(cohort, List.of(federation.keyHolder));
    Reveal reveal = keyHolder().reveal(certificate.request());

    assertThat(restartedKeyHolder().reveal(certificate.request()).encode())
        .isEqualTo(reveal.encode());
    assertThat(keyHolder().reveal(certificate.request()).encode()).isEqualTo(reveal.encode());
  }

  @Test
  void aHelperThatLostItsKeySaysSo() throws IOException {
    Shares shares = round.candidates(0).sharesFor("key-holder").getFirst();
    HelperRole restarted = restartedKeyHolder();
    assertRefused(RequestRefused.Reason.KEY_LOST, () -> restarted.hold(shares));
  }

  @Test
  void aCohortBelowTheMinimumIsRefusedByCoordinatorAndHelper() throws IOException {
    Cohort cohort = heldCohort(0);
    assertRefused(
        RequestRefused.Reason.COHORT_SIZE, () -> keyHolder().certify(without(cohort, 0, 0)));

    TestRound next = new TestRound(federation, federation.open(plan, model, 2, 3), model);
    next.deliver(0, update(), Set.of());
    next.deliver(1, update(), Set.of());
    Candidates candidates = next.candidates(0);
    next.hold(candidates, federation.keyHolder);
    assertThatThrownBy(candidates::cohort).isInstanceOf(CohortTooSmall.class);
  }

  @Test
  void aRoundBelowTheParticipantsOwnMinimumIsRefused() throws IOException {
    RoundOpen weak = federation.open(plan, model, 2, 2);
    var strict = RoundPolicy.of(TestFederation.NAME, plan.mode());
    ClientRole client = federation.client(0, strict, false);
    HelperRole helper = federation.newHelper(federation.keyHolder, strict);
    assertRefused(RoundRefused.Reason.COHORT_TOO_SMALL, () -> client.accept(weak));
    assertRefused(RoundRefused.Reason.COHORT_TOO_SMALL, () -> helper.accept(weak));
  }

  @Test
  void aCohortWithAStrangerOrAnotherManifestIsRefused() throws IOException {
    Cohort cohort = heldCohort(0);
    List<Cohort.Entry> entries = new ArrayList<>(cohort.entries());
    entries.add(new Cohort.Entry("stranger", entries.getFirst().manifest()));
    assertRefused(
        RequestRefused.Reason.COHORT_MEMBER,
        () -> keyHolder().certify(new Cohort(cohort.ctx(), 0, 0, entries)));

    entries.removeLast();
    entries.set(0, new Cohort.Entry(entries.getFirst().client(), Bytes.zeros(32)));
    assertRefused(
        RequestRefused.Reason.COHORT_MEMBER,
        () -> keyHolder().certify(new Cohort(cohort.ctx(), 0, 0, entries)));
  }

  @Test
  void aRevealNeedsACertificate() throws IOException {
    Cohort cohort = heldCohort(0);
    RevealRequest empty = new RevealRequest(cohort.ctx(), 0, 0, cohort.hash(), List.of());
    assertRefused(RequestRefused.Reason.NOT_SIGNED, () -> keyHolder().reveal(empty));

    CohortSignature good = keyHolder().certify(cohort);
    assertRefused(RequestRefused.Reason.NO_QUORUM, () -> keyHolder().reveal(empty));
    CohortSignature forged =
        new CohortSignature(cohort.ctx(), "key-holder", 0, 0, cohort.hash(), Bytes.EMPTY)
            .signed(federation.coordinator);
    assertRefused(
        RequestRefused.Reason.NO_QUORUM,
        () ->
            keyHolder()
                .reveal(new RevealRequest(cohort.ctx(), 0, 0, cohort.hash(), List.of(forged))));
    Bytes other = without(cohort, 0).hash();
    assertRefused(
        RequestRefused.Reason.NOT_SIGNED,
        () -> keyHolder().reveal(new RevealRequest(cohort.ctx(), 0, 0, other, List.of(good))));
  }

  @Test
  void aRetryNeedsStatements() throws IOException {
    Cohort cohort = heldCohort(0);
    assertRefused(
        RequestRefused.Reason.UNKNOWN_SEGMENT,
        () -> keyHolder().certify(new Cohort(cohort.ctx(), 0, 1, cohort.entries())));
  }

  /// Replaces parts of what one client delivered and asks the key holder what it thinks.
  private ShareStatus status(TestRound of, int segment, Manifest manifest, SealedShare share)
      throws IOException {
    return keyHolder()
        .hold(
            new Shares(
                of.round.ctx(), segment, 0, 0, 1, List.of(new Shares.Candidate(manifest, share))))
        .orElseThrow();
  }

  private Manifest resigned(Manifest manifest, SealedShare share, int client) {
    return new Manifest(
            manifest.ctx(),
            manifest.client(),
            manifest.segment(),
            manifest.attempt(),
            manifest.weight(),
            manifest.length(),
            manifest.root(),
            List.of(share.hash()),
            Bytes.EMPTY)
        .signed(federation.clients.get(client));
  }

  @Test
  void aShareReplayedFromAnotherRoundSegmentOrSenderIsRefused() throws IOException {
    TestRound later = deliver(2);
    String victim = TestRound.key("client-000", 0);
    SealedShare stolen = round.shares.get(victim).getFirst();
    // Under the new context, by a client that colludes and signs whatever is wanted.
    SealedShare relabelled =
        new SealedShare(
            later.round.ctx(),
            "client-001",
            "key-holder",
            1,
            0,
            stolen.x25519(),
            stolen.mlKem(),
            stolen.ciphertext());
    Manifest manifest = later.manifests.get(TestRound.key("client-001", 1));
    assertThat(status(later, 1, resigned(manifest, relabelled, 1), relabelled).complaints())
        .containsExactly("client-001");

    SealedShare otherSegment = later.shares.get(TestRound.key("client-002", 1)).getFirst();
    SealedShare moved =
        new SealedShare(
            later.round.ctx(),
            "client-002",
            "key-holder",
            0,
            0,
            otherSegment.x25519(),
            otherSegment.mlKem(),
            otherSegment.ciphertext());
    Manifest second = later.manifests.get(TestRound.key("client-002", 0));
    assertThat(status(later, 0, resigned(second, moved, 2), moved).complaints())
        .containsExactly("client-002");
  }

  @Test
  void aManifestOfAnotherSenderOrRoundIsRefused() throws IOException {
    TestRound later = deliver(2);
    String name = TestRound.key("client-000", 0);
    Manifest old = round.manifests.get(name);
    List<SealedShare> oldShares = round.shares.get(name);
    Candidates candidates = new Candidates(later.round, 0, 0);
    assertThatThrownBy(() -> candidates.add(old, oldShares, round.root("client-000", 0)))
        .isInstanceOf(ContributionRefused.class)
        .hasMessageContaining("another round");
    assertThat(status(later, 0, old, oldShares.getFirst()).complaints())
        .containsExactly("client-000");

    Manifest fresh = later.manifests.get(name);
    Manifest forged =
        new Manifest(
                fresh.ctx(),
                "client-001",
                0,
                0,
                0,
                fresh.length(),
                fresh.root(),
                fresh.shares(),
                Bytes.EMPTY)
            .signed(federation.clients.getFirst());
    assertThatThrownBy(
            () -> candidates.add(forged, later.shares.get(name), later.root("client-000", 0)))
        .isInstanceOf(ContributionRefused.class)
        .hasMessageContaining("signature");
  }

  @Test
  void oneBadShareLeavesItsClientOutAndTheRestCompletes() throws IOException {
    String name = TestRound.key("client-002", 0);
    SealedShare good = round.shares.get(name).getFirst();
    byte[] ciphertext = good.ciphertext().toByteArray();
    ciphertext[100] ^= 1;
    SealedShare bad =
        new SealedShare(
            good.ctx(),
            good.client(),
            good.helper(),
            0,
            0,
            good.x25519(),
            good.mlKem(),
            Bytes.of(ciphertext));
    round.shares.put(name, List.of(bad));
    round.manifests.put(name, resigned(round.manifests.get(name), bad, 2));

    Candidates candidates = round.candidates(0);
    round.hold(candidates, federation.keyHolder);
    assertThat(candidates.complaints()).containsExactly("client-002");
    Cohort cohort = candidates.cohort();
    assertThat(cohort.clients()).containsExactly("client-000", "client-001", "client-003");
    CohortCertificate certificate = round.certify(cohort, round.helpers());
    Tensors mean = Tensors.allocate(TestFederation.LAYOUT);
    assertThat(round.fold(cohort).open(round.reveal(certificate, round.helpers()), mean).clients())
        .isEqualTo(3);
  }

  @Test
  void aTamperedBlockIsCaughtByItsRoot() {
    byte[] blocks = round.blocks.get(TestRound.key("client-001", 0));
    blocks[blocks.length / 2] ^= 1;
    Candidates candidates = new Candidates(round.round, 0, 0);
    String name = TestRound.key("client-001", 0);
    assertThatThrownBy(() ->
            candidates.add(
                round.manifests.get(name), round.shares.get(name), round.root("client-001", 0)))
        .isInstanceOf(ContributionRefused.class)
        .hasMessageContaining("root");
  }

  @Test
  void blocksOutOfRangeOrTooManyAreRefused() {
    SegmentReceiver receiver =
        new SegmentReceiver(plan, round.round.segments().getFirst(), "client-000");
    byte[] ones = new byte[plan.blockBytes()];
    Arrays.fill(ones, (byte) 0xff);
    assertThatThrownBy(() -> receiver.accept(ByteBuffer.wrap(ones)))
        .isInstanceOf(ContributionRefused.class)
        .hasMessageContaining("client-000");
    assertThatThrownBy(() -> receiver.accept(ByteBuffer.allocate((int) receiver.length() + 1)))
        .isInstanceOf(ContributionRefused.class)
        .hasMessageContaining("more than");
  }

  @Test
  void clientsThatWereShownDifferentRostersAddUpToGarbage() throws IOException {
    Cohort cohort = heldCohort(0);
    CohortCertificate certificate = round.certify(cohort, round.helpers());
    Coefficients sum = round.reveal(certificate, round.helpers());
    // Two contexts: the attacker mixes uploads of both, as if they were of one round.
    TestRound other = deliver(2);
    String name = TestRound.key("client-003", 0);
    round.blocks.put(name, other.blocks.get(name));
    assertThatThrownBy(() -> round.fold(cohort).open(sum, Tensors.allocate(TestFederation.LAYOUT)))
        .isInstanceOf(SumRefused.class);
  }

  @Test
  void aModelOtherThanTheAnnouncedOneIsRefused() throws IOException {
    Tensors swapped = Tensors.allocate(TestFederation.LAYOUT);
    swapped.write(5, new float[] {1}, 1);
    VerifiedRound accepted =
        federation.client(0, plan.mode()).accept(federation.open(plan, model, 2, 3));
    assertRefused(RoundRefused.Reason.MODEL, () -> accepted.requireModel(swapped));
    assertThatThrownBy(() -> federation.client(0, plan.mode()).contribute(accepted, update()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not checked");
  }

  @Test
  void aSwappedRosterBreaksTheSignatureAndMakesAnotherContext() throws IOException {
    TestFederation strangers = new TestFederation(CLIENTS, spool);
    RoundOpen swapped =
        new RoundOpen(
            round.open.federation(),
            round.open.run(),
            round.open.round(),
            round.open.plan(),
            round.open.layout(),
            round.open.modelHash(),
            round.open.architecture(),
            round.open.train(),
            round.open.previousResult(),
            round.open.threshold(),
            round.open.minClients(),
            round.open.coordinator(),
            Stream.concat(
                    strangers.clients.stream().map(TestParticipant::member),
                    Stream.of(federation.keyHolder.member()))
                .toList(),
            round.open.helpers(),
            round.open.signature());
    ClientRole client = federation.client(0, plan.mode());
    assertRefused(RoundRefused.Reason.SIGNATURE, () -> client.accept(swapped));
    RoundOpen resigned = swapped.signed(federation.coordinator);
    assertRefused(RoundRefused.Reason.NOT_ENROLLED, () -> client.accept(resigned));
    assertThat(RoundContext.of(resigned)).isNotEqualTo(round.round.context());
  }

  @Test
  void aRoundMayNotBeReopenedWithOtherContentsOrGoBack() throws IOException {
    ClientRole client = federation.client(0, plan.mode());
    client.accept(round.open);
    RoundOpen other = federation.open(plan, model, 2, 4);
    RoundOpen sameNumber =
        new RoundOpen(
                round.open.federation(),
                round.open.run(),
                round.open.round(),
                round.open.plan(),
                round.open.layout(),
                round.open.modelHash(),
                round.open.architecture(),
                round.open.train(),
                round.open.previousResult(),
                round.open.threshold(),
                4,
                round.open.coordinator(),
                round.open.roster(),
                round.open.helpers(),
                Bytes.EMPTY)
            .signed(federation.coordinator);
    assertRefused(RoundRefused.Reason.OTHER_CONTEXT, () -> client.accept(sameNumber));
    assertRefused(RoundRefused.Reason.OTHER_CONTEXT, () -> keyHolder().accept(sameNumber));
    client.accept(other);
    assertRefused(RoundRefused.Reason.STALE, () -> client.accept(round.open));
  }

  /// Under one context the others' updates would be zeros and the certified sum the victim's
  /// update.
  @Test
  void trainingThatIsOnlyRealForOneVictimIsAnotherContextAndItsUploadCountsNowhere()
      throws IOException {
    RoundOpen real = federation.open(plan, model, 2, 3);
    RoundOpen still = withTrain(real, new TrainConfig(1e-30, 32, 1, 5));
    TestRound others = new TestRound(federation, still, model);
    for (int i = 1; i < CLIENTS; i++) {
      others.deliver(i, update(), Set.of());
    }
    assertThat(RoundContext.of(real)).isNotEqualTo(others.round.context());
    assertRefused(RoundRefused.Reason.OTHER_CONTEXT, () -> keyHolder().accept(real));

    ClientRole victim = federation.client(0, plan.mode());
    VerifiedRound accepted = victim.accept(real);
    accepted.requireModel(model);
    byte[] blocks;
    try (Contribution contribution = victim.contribute(accepted, update());
        UpdateProtector first = contribution.protect(0, 0);
        UpdateProtector second = contribution.protect(1, 0)) {
      blocks = TestRound.readAll(first);
      TestRound.readAll(second);
      assertThat(status(others, 1, second.manifest(), second.shares().getFirst()).complaints())
          .containsExactly("client-000");
    }

    // Nor do the victim's blocks open with what is revealed for the others.
    Candidates candidates = others.candidates(0);
    others.hold(candidates, federation.keyHolder);
    Cohort cohort = candidates.cohort();
    Coefficients sum = others.reveal(others.certify(cohort, others.helpers()), others.helpers());
    others.blocks.put(TestRound.key("client-001", 0), blocks);
    assertThatThrownBy(() -> others.fold(cohort).open(sum, Tensors.allocate(TestFederation.LAYOUT)))
        .isInstanceOf(SumRefused.class);
  }

  private RoundOpen withTrain(RoundOpen open, TrainConfig train) {
    return new RoundOpen(
            open.federation(),
            open.run(),
            open.round(),
            open.plan(),
            open.layout(),
            open.modelHash(),
            open.architecture(),
            train,
            open.previousResult(),
            open.threshold(),
            open.minClients(),
            open.coordinator(),
            open.roster(),
            open.helpers(),
            Bytes.EMPTY)
        .signed(federation.coordinator);
  }

  @Test
  void oneKeyUnderTwoNamesIsRefused() throws IOException {
    TestFederation sybil = new TestFederation(CLIENTS, spool);
    sybil.clients.set(2, new TestParticipant("client-002", Role.CLIENT, sybil.clients.getFirst()));
    RoundOpen twoClients = sybil.open(plan, model, 1, 3);
    assertRefused(
        RoundRefused.Reason.SHARED_KEY, () -> sybil.client(1, plan.mode()).accept(twoClients));

    TestFederation colluding = new TestFederation(CLIENTS, spool);
    colluding.keyHolder = new TestParticipant("key-holder", Role.KEY_HOLDER, colluding.coordinator);
    RoundOpen itsOwnKeyHolder = colluding.open(plan, model, 1, 3);
    assertRefused(
        RoundRefused.Reason.SHARED_KEY,
        () -> colluding.client(1, plan.mode()).accept(itsOwnKeyHolder));
  }

  @Test
  void aWeakerModeIsRefused() throws IOException {
    RoundOpen plain = federation.open(plan(EncryptionMode.NONE), model, 2, 3);
    ClientRole client = federation.client(0, EncryptionMode.KEY_HOLDER);
    assertRefused(RoundRefused.Reason.MODE, () -> client.accept(plain));
  }

  @Test
  void aRestartedClientAbstainsFromTheRoundItContributedTo() throws IOException {
    ClientRole restarted = federation.client(0, plan.mode());
    VerifiedRound again = restarted.accept(round.open);
    again.requireModel(model);
    assertRefused(RoundRefused.Reason.ALREADY_CONTRIBUTED, () -> restarted.requireFresh(again));
    assertRefused(
        RoundRefused.Reason.ALREADY_CONTRIBUTED, () -> restarted.contribute(again, update()));
  }

  @Test
  void anotherRunOnTheSameModelNeedsConsent() throws IOException {
    RoundOpen rerun = federation.open(plan, model, "run-2", 0, 3);
    ClientRole client = federation.client(0, plan.mode());
    VerifiedRound accepted = client.accept(rerun);
    assertRefused(RoundRefused.Reason.RERUN, () -> client.requireFresh(accepted));
    federation.client(0, TestFederation.policy(plan.mode()), true).requireFresh(accepted);
  }

  @Test
  void aNaNIsRefusedBeforeAnythingIsRecordedAndNamedByTensorAndIndex() throws IOException {
    ClientUpdate broken = update();
    broken.delta().write(1001 + 4321, new float[] {Float.NaN}, 1);
    ClientRole client = federation.client(0, plan.mode());
    VerifiedRound accepted = client.accept(federation.open(plan, model, 2, 3));
    accepted.requireModel(model);
    int before = federation.journal("client-000").entries().size();
    assertThatThrownBy(() -> client.contribute(accepted, broken))
        .isInstanceOfSatisfying(
            NonFiniteUpdate.class,
            refused -> {
              assertThat(refused.tensor()).isEqualTo("dense.weight");
              assertThat(refused.index()).isEqualTo(4321);
              assertThat(refused).hasMessageContaining("dense.weight[4321]: NaN");
            });
    assertThat(federation.journal("client-000").entries()).hasSize(before);
  }

  @Test
  void anInterruptedUploadGoesOnWithIdenticalBytes() throws IOException {
    ClientRole client = federation.client(0, plan.mode());
    VerifiedRound accepted = client.accept(federation.open(plan, model, 2, 3));
    accepted.requireModel(model);
    try (Contribution contribution = client.contribute(accepted, update());
        UpdateProtector protector = contribution.protect(1, 0)) {
      byte[] all = TestRound.readAll(protector);
      for (int offset : new int[] {0, 1, 51_199, 51_200, 60_000, all.length}) {
        protector.position(offset);
        ByteBuffer rest = ByteBuffer.allocate(all.length - offset);
        while (rest.hasRemaining() && protector.read(rest) >= 0) {
          assertThat(rest.position()).isPositive();
        }
        assertThat(rest.array()).isEqualTo(Arrays.copyOfRange(all, offset, all.length));
      }
      assertThat(protector.shares()).isSameAs(protector.shares());
      assertThatThrownBy(() -> contribution.protect(1, 0))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> contribution.protect(1, 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theCoordinatorsViewAloneOpensNothing() throws IOException {
    byte[] blocks = round.blocks.get(TestRound.key("client-000", 0));
    long[] counts = new long[256];
    ByteBuffer packed = ByteBuffer.allocate(blocks.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    packed.put(blocks);
    long residues = blocks.length * 8L / 50;
    for (long i = 0; i < residues; i++) {
      long bit = 50 * i;
      long value = (packed.getLong((int) (bit / 8)) >>> (bit % 8)) & ((1L << 50) - 1);
      counts[(int) (value >>> 42)]++;
    }
    double expected = residues / 256.0;
    double chiSquare = 0;
    for (long count : counts) {
      chiSquare += (count - expected) * (count - expected) / expected;
    }
    // 255 degrees of freedom: mean 255, standard deviation 22.6; six of them are 10^-9.
    assertThat(chiSquare).isLessThan(255 + 6 * 22.6);

    AggregationParameters parameters = AggregationParameters.K2_N256;
    byte[] seed = round.round.context().publicSeed(0, 0);
    int[] guess = new int[parameters.degree()];
    assertThatThrownBy(() -> openOne(parameters, seed, guess, blocks))
        .isInstanceOf(OpeningFailed.class);
    try (AggregationSecret wrong = AggregationSecret.generate(parameters, new SecureRandom())) {
      wrong.copyCoefficients(guess);
    }
    assertThatThrownBy(() -> openOne(parameters, seed, guess, blocks))
        .isInstanceOf(OpeningFailed.class);
  }

  private static void openOne(
      AggregationParameters parameters, byte[] seed, int[] secret, byte[] blocks) {
    BlockSum sum = new BlockSum(parameters);
    sum.add(ByteBuffer.wrap(blocks, 0, parameters.blockBytes()));
    new BlockOpener(parameters, seed, secret, 1)
        .open(0, sum, new long[parameters.valuesPerBlock()]);
  }

  @Test
  void noMessageHoldsAnUpdateOrASecretInTheOpen() throws IOException {
    // What a secret or an update would look like: small integers, or floats of the update.
    Map<String, byte[]> seen = new HashMap<>();
    round.shares.forEach((name, all) -> seen.put(name, all.getFirst().encode()));
    for (byte[] message : seen.values()) {
      int zeroBytes = 0;
      for (byte value : message) {
        zeroBytes += value == 0 ? 1 : 0;
      }
      // A share of t = 1 in the open is three quarters zeros or ones; sealed, one byte in 256.
      assertThat(zeroBytes).isLessThan(message.length / 50);
    }
  }

  /// The finding of the protocol, section 0, point 6: a threshold alone would not stop this.
  @Test
  void differentCohortsForDifferentHelpersOpenNothing() throws IOException {
    AggregationPlan helped = plan(EncryptionMode.SECURE_AGGREGATION);
    TestFederation many = new TestFederation(7, spool);
    TestRound split = new TestRound(many, many.open(helped, model, 1, 3), model);
    for (int i = 0; i < 7; i++) {
      split.deliver(i, update(), Set.of());
    }
    assertThat(split.open.threshold()).isEqualTo(5);
    Candidates candidates = split.candidates(0);
    for (TestParticipant helper : many.clients) {
      split.hold(candidates, helper);
    }
    Cohort all = candidates.cohort();
    CohortCertificate first = split.certify(all, many.clients.subList(0, 3));
    CohortCertificate second = split.certify(without(all, 0), many.clients.subList(3, 7));
    assertThat(first.isComplete()).isFalse();
    assertThat(second.isComplete()).isFalse();
    // Five signatures, but not on one cohort.
    List<CohortSignature> mixed = new ArrayList<>(first.signatures());
    mixed.addAll(second.signatures());
    for (TestParticipant helper : many.clients) {
      Cohort own = many.clients.indexOf(helper) < 3 ? all : without(all, 0);
      assertRefused(
          RequestRefused.Reason.NO_QUORUM,
          () -> split.helper(helper).reveal(new RevealRequest(own.ctx(), 0, 0, own.hash(), mixed)));
    }
  }
}
