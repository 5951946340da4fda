package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Statistics;
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
import ai.cifer.secagg.coordinator.ContributionRefused;
import ai.cifer.secagg.coordinator.SegmentReceiver;
import ai.cifer.secagg.coordinator.SumRefused;
import ai.cifer.secagg.helper.RequestRefused;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundContext;
import ai.cifer.secagg.round.RoundRefused;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Attacks on what is uploaded, on the context of a round, and on what the coordinator sees.
class ContextAttackTest extends AttackScene {

  @Test
  void aTamperedBlockIsCaughtByItsRoot() {
    byte[] blocks = round.blocks.get(TestRound.key("client-001", 0));
    blocks[blocks.length / 2] ^= 1;
    Candidates candidates = new Candidates(round.round, 0, 0);
    String name = TestRound.key("client-001", 0);
    assertThatThrownBy(() ->
            candidates.add(
                new MemoryDelivery(round.manifests.get(name), round.shares.get(name)),
                round.root("client-001", 0)))
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
        UpdateProtector first = contribution.protect(0);
        UpdateProtector second = contribution.protect(1)) {
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

  /// Exact sums over nearly the same clients tell the difference, also within one run, and though
  /// what was measured before is another by a rounding.
  @Test
  void theSameStepsAreMeasuredOnceWithoutConsent() throws IOException {
    ClientRole client = federation.client(0, plan.mode());
    VerifiedRound first = client.accept(measuring(2, 1));
    first.requireModel(model);
    client.contribute(first, update()).close();

    model.write(0, new float[] {1e-6f}, 1);
    VerifiedRound again = client.accept(measuring(3, 1));
    assertRefused(RoundRefused.Reason.RERUN, () -> client.requireFresh(again));
    ClientRole consenting = federation.client(0, TestFederation.policy(plan.mode()), true);
    consenting.requireFresh(again);
    client.requireFresh(client.accept(measuring(4, 2)));
  }

  private RoundOpen measuring(int round, int wave) throws IOException {
    RoundOpen open = federation.open(plan, model, round, 3);
    return new RoundOpen(
            open.federation(),
            open.run(),
            round,
            open.plan(),
            open.layout(),
            open.modelHash(),
            Statistics.architecture(wave),
            open.train(),
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
        UpdateProtector protector = contribution.protect(1)) {
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
      assertThatThrownBy(() -> contribution.protect(1)).isInstanceOf(IllegalStateException.class);
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
