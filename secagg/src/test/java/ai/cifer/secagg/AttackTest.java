package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.secagg.client.ClientRole;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.coordinator.CohortTooSmall;
import ai.cifer.secagg.coordinator.ContributionRefused;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.helper.RequestRefused;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.message.Shares;
import ai.cifer.secagg.round.RoundPolicy;
import ai.cifer.secagg.round.RoundRefused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a coordinator, or somebody between, may try in key-holder mode.
class AttackTest extends AttackScene {

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
    Shares shares = round.candidates(0).sharesFor("key-holder", 0);
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
        RequestRefused.Reason.OTHER_ATTEMPT,
        () -> keyHolder().certify(new Cohort(cohort.ctx(), 0, 1, cohort.entries())));
  }

  /// Replaces parts of what one client delivered and asks the key holder what it thinks.
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
    assertThatThrownBy(
            () -> candidates.add(new MemoryDelivery(old, oldShares), round.root("client-000", 0)))
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
    assertThatThrownBy(() ->
            candidates.add(
                new MemoryDelivery(forged, later.shares.get(name)), later.root("client-000", 0)))
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
}
