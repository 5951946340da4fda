package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.ContributionRefused;
import ai.cifer.secagg.coordinator.SegmentFold;
import ai.cifer.secagg.coordinator.StoredSegment;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.helper.RequestRefused;
import ai.cifer.secagg.helper.RequestRefused.Reason;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.EncryptedSum;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundRefused;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that encrypt under a key holder's public key: the sums are the plain ones, and nothing
/// but the sum over the certified cohort opens.
class SumCipherRoundTest {
  private static final int CLIENTS = 4;
  private static final int CAP = 1000;

  /// Two segments, of two blocks and of one.
  private static final ModelLayout LAYOUT =
      new ModelLayout(
          List.of(new TensorSpec("w", List.of(9, 1000)), new TensorSpec("b", List.of())));

  private static final long SEGMENT = 5_000;

  /// Small blocks, for Paillier is slow.
  private static final AggregationParameters PROFILE = AggregationParameters.K1_N64;

  @TempDir Path spool;
  private final List<ClientUpdate> updates = new ArrayList<>();

  @BeforeEach
  void drawUpdates() {
    RandomGenerator random = TestFederation.random(11);
    for (int i = 0; i < CLIENTS; i++) {
      updates.add(TestFederation.update(LAYOUT, random, 1 + random.nextLong(2 * CAP)));
    }
  }

  private TestRound deliver(EncryptionMode mode, boolean dropouts) throws IOException {
    TestFederation federation = new TestFederation(CLIENTS, spool);
    Tensors model = Tensors.allocate(LAYOUT);
    AggregationPlan plan =
        AggregationPlan.uniform(mode, true, PROFILE, LAYOUT, 0.25f, CAP)
            .withSegmentParameters(SEGMENT);
    TestRound round = new TestRound(federation, federation.open(plan, model, 4, 2), model);
    for (int i = 0; i < CLIENTS; i++) {
      round.deliver(i, updates.get(i), dropouts ? Set.of(i) : Set.of());
    }
    return round;
  }

  @Test
  void theMeanIsThatOfTheKeyHolderModeBitForBit() throws IOException {
    theMeanIsThatOfTheKeyHolderModeBitForBit(EncryptionMode.CKKS);
  }

  @Test
  @Tag("slow")
  void theMeanIsThatOfTheKeyHolderModeBitForBitWithPaillier() throws IOException {
    theMeanIsThatOfTheKeyHolderModeBitForBit(EncryptionMode.PAILLIER);
  }

  private void theMeanIsThatOfTheKeyHolderModeBitForBit(EncryptionMode mode) throws IOException {
    byte[] plain = deliver(EncryptionMode.NONE, true).finishAll().digest();

    assertThat(deliver(EncryptionMode.KEY_HOLDER, true).finishAll().digest()).isEqualTo(plain);
    assertThat(deliver(mode, true).finishAll().digest()).isEqualTo(plain);
  }

  /// The last segment has one block, which is enough for attacks.
  private static final int LAST = 1;

  private Cohort certified(TestRound round) throws IOException {
    var candidates = round.candidates(LAST);
    round.hold(candidates, round.federation.keyHolder);
    Cohort cohort = candidates.cohort();
    round.certify(cohort, round.helpers());
    return cohort;
  }

  /// The sum over some clients, presented as that of the cohort.
  private static EncryptedSum posing(TestRound round, Cohort cohort, List<String> clients)
      throws IOException {
    Map<String, StoredSegment> stored = new HashMap<>();
    clients.forEach(client ->
        stored.put(client, TestRound.stored(round.blocks.get(TestRound.key(client, LAST)))));
    List<Cohort.Entry> entries =
        cohort.entries().stream().filter(entry -> clients.contains(entry.client())).toList();
    Cohort other = new Cohort(cohort.ctx(), cohort.segment(), cohort.attempt(), entries);
    EncryptedSum sum = new SegmentFold(round.round, other, stored, done -> {}).encryptedSum(0);
    return new EncryptedSum(
        sum.ctx(), sum.segment(), sum.attempt(), cohort.hash(), 0, sum.blocks());
  }

  @Test
  void anotherSumThanThatOfTheCertifiedCohortDoesNotOpen() throws IOException {
    anotherSumThanThatOfTheCertifiedCohortDoesNotOpen(EncryptionMode.CKKS);
  }

  @Test
  @Tag("slow")
  void anotherSumThanThatOfTheCertifiedCohortDoesNotOpenWithPaillier() throws IOException {
    anotherSumThanThatOfTheCertifiedCohortDoesNotOpen(EncryptionMode.PAILLIER);
  }

  private void anotherSumThanThatOfTheCertifiedCohortDoesNotOpen(EncryptionMode mode)
      throws IOException {
    TestRound round = deliver(mode, false);
    Cohort cohort = certified(round);
    HelperRole keyHolder = round.helper(round.federation.keyHolder);

    EncryptedSum single = posing(round, cohort, cohort.clients().subList(0, 1));
    assertRefused(Reason.BAD_SUM, () -> keyHolder.open(single));
    EncryptedSum allButOne = posing(round, cohort, cohort.clients().subList(0, CLIENTS - 1));
    assertRefused(Reason.SECOND_SUM, () -> keyHolder.open(allButOne));
    // What was asked for is asked for: the true sum comes too late.
    EncryptedSum whole = posing(round, cohort, cohort.clients());
    assertRefused(Reason.SECOND_SUM, () -> keyHolder.open(whole));
  }

  @Test
  void aCohortButOneDoesNotOpen() throws IOException {
    TestRound round = deliver(EncryptionMode.CKKS, false);
    Cohort cohort = certified(round);
    EncryptedSum allButOne = posing(round, cohort, cohort.clients().subList(1, CLIENTS));

    assertRefused(Reason.BAD_SUM, () -> round.helper(round.federation.keyHolder).open(allButOne));
  }

  @Test
  void theSameSumAgainGetsTheSameAnswer() throws IOException {
    TestRound round = deliver(EncryptionMode.CKKS, false);
    Cohort cohort = certified(round);
    EncryptedSum sum = posing(round, cohort, cohort.clients());
    HelperRole keyHolder = round.helper(round.federation.keyHolder);

    assertThat(keyHolder.open(sum).encode()).isEqualTo(keyHolder.open(sum).encode());
  }

  @Test
  void aSumThatNobodyCertifiedDoesNotOpen() throws IOException {
    TestRound round = deliver(EncryptionMode.CKKS, false);
    certified(round);
    EncryptedSum sum = round.fold(uncertified(round)).encryptedSum(0);

    assertRefused(Reason.NOT_SIGNED, () -> round.helper(round.federation.keyHolder).open(sum));
  }

  private static Cohort uncertified(TestRound round) {
    List<Cohort.Entry> entries =
        round.federation.clients.stream()
            .map(client ->
                new Cohort.Entry(
                    client.name(), round.manifests.get(TestRound.key(client.name(), 0)).hash()))
            .toList();
    return new Cohort(round.round.ctx(), 0, 0, entries);
  }

  @Test
  void aKeyHolderThatWasRestartedOpensNothingAndSignsNoOtherCohort() throws IOException {
    TestRound round = deliver(EncryptionMode.CKKS, false);
    Cohort cohort = certified(round);
    EncryptedSum sum = posing(round, cohort, cohort.clients());
    Cohort smaller = new Cohort(cohort.ctx(), LAST, 0, cohort.entries().subList(0, CLIENTS - 1));
    HelperRole restarted =
        round.federation.newHelper(
            round.federation.keyHolder, TestFederation.policy(EncryptionMode.CKKS));
    restarted.accept(round.open);

    assertRefused(Reason.KEY_LOST, () -> restarted.open(sum));
    assertRefused(Reason.SECOND_COHORT, () -> restarted.certify(smaller));
  }

  @Test
  void aChangedSumDoesNotOpen() throws IOException {
    TestRound round = deliver(EncryptionMode.CKKS, false);
    Cohort cohort = certified(round);
    EncryptedSum sum = posing(round, cohort, cohort.clients());
    byte[] changed = sum.blocks().toByteArray();
    changed[changed.length / 2] ^= 4;
    EncryptedSum other =
        new EncryptedSum(
            sum.ctx(), sum.segment(), sum.attempt(), sum.cohort(), 0, Bytes.of(changed));

    assertRefused(Reason.BAD_SUM, () -> round.helper(round.federation.keyHolder).open(other));
  }

  private static void assertRefused(Reason reason, ThrowingCallable request) {
    assertThatThrownBy(request)
        .isInstanceOfSatisfying(
            RequestRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  @Test
  void bytesThatAreNoCiphertextNeverEnterASum() throws IOException {
    bytesThatAreNoCiphertextNeverEnterASum(EncryptionMode.CKKS);
  }

  @Test
  @Tag("slow")
  void bytesThatAreNoCiphertextNeverEnterASumWithPaillier() throws IOException {
    bytesThatAreNoCiphertextNeverEnterASum(EncryptionMode.PAILLIER);
  }

  private void bytesThatAreNoCiphertextNeverEnterASum(EncryptionMode mode) throws IOException {
    TestRound round = deliver(mode, false);
    String client = round.federation.clients.getFirst().name();
    byte[] blocks = round.blocks.get(TestRound.key(client, LAST));
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < 12; i++) {
      byte[] changed = blocks.clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      round.blocks.put(TestRound.key(client, LAST), changed);
      assertThatThrownBy(() -> round.root(client, LAST)).isInstanceOf(ContributionRefused.class);
    }
  }

  @Test
  void theKeyOfAnotherIsRefused() throws IOException {
    for (EncryptionMode mode : List.of(EncryptionMode.CKKS, EncryptionMode.PAILLIER)) {
      TestFederation federation = new TestFederation(CLIENTS, spool);
      Tensors model = Tensors.allocate(LAYOUT);
      AggregationPlan plan = AggregationPlan.uniform(mode, true, LAYOUT, 1, CAP);
      RoundOpen open = federation.open(plan, model, 1, 3);
      HelperHello hello = open.helpers().getFirst();
      byte[] bytes =
          mode == EncryptionMode.CKKS
              ? new byte[hello.sumKey().length()]
              : mode.scheme()
                  .orElseThrow()
                  .generate("hospitals/other", new SecureRandom())
                  .publicBytes();
      HelperHello other =
          new HelperHello(
                  hello.federation(),
                  hello.run(),
                  hello.round(),
                  hello.helper(),
                  hello.x25519(),
                  hello.mlKem(),
                  Bytes.of(bytes),
                  Bytes.EMPTY)
              .signed(federation.keyHolder);
      RoundOpen forged = with(open, other).signed(federation.coordinator);

      assertThatThrownBy(() -> VerifiedRound.verify(forged, federation.enrolment()))
          .isInstanceOfSatisfying(
              RoundRefused.class,
              refused -> assertThat(refused.reason()).isEqualTo(RoundRefused.Reason.HELPER_KEY));
    }
  }

  @Test
  void aCoordinatorCannotPutItsOwnKeyIntoAHello() throws IOException {
    TestFederation federation = new TestFederation(CLIENTS, spool);
    AggregationPlan plan = AggregationPlan.uniform(EncryptionMode.CKKS, true, LAYOUT, 1, CAP);
    RoundOpen open = federation.open(plan, Tensors.allocate(LAYOUT), 1, 3);
    HelperHello hello = open.helpers().getFirst();
    byte[] own =
        EncryptionMode.CKKS.scheme().orElseThrow().generate("x", new SecureRandom()).publicBytes();
    HelperHello forgedHello =
        new HelperHello(
            hello.federation(),
            hello.run(),
            hello.round(),
            hello.helper(),
            hello.x25519(),
            hello.mlKem(),
            Bytes.of(own),
            hello.signature());
    RoundOpen forged = with(open, forgedHello).signed(federation.coordinator);

    assertThatThrownBy(() -> VerifiedRound.verify(forged, federation.enrolment()))
        .isInstanceOfSatisfying(
            RoundRefused.class,
            refused -> assertThat(refused.reason()).isEqualTo(RoundRefused.Reason.SIGNATURE));
    assertThatThrownBy(() -> with(open, hello(hello, Bytes.EMPTY)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("public key");
  }

  private static HelperHello hello(HelperHello hello, Bytes key) {
    return new HelperHello(
        hello.federation(),
        hello.run(),
        hello.round(),
        hello.helper(),
        hello.x25519(),
        hello.mlKem(),
        key,
        hello.signature());
  }

  private static RoundOpen with(RoundOpen open, HelperHello hello) {
    return new RoundOpen(
        open.federation(),
        open.run(),
        open.round(),
        open.plan(),
        open.layout(),
        open.modelHash(),
        open.architecture(),
        open.train(),
        open.previousResult(),
        open.threshold(),
        open.minClients(),
        open.coordinator(),
        open.roster(),
        List.of(hello),
        Bytes.EMPTY);
  }

  @Test
  void aModelAboveTheLimitIsRefusedWithTheCure() throws IOException {
    TestFederation federation = new TestFederation(CLIENTS, spool);
    ModelLayout large = new ModelLayout(List.of(new TensorSpec("w", List.of(250_001))));
    AggregationPlan plan = AggregationPlan.uniform(EncryptionMode.PAILLIER, true, large, 1, CAP);

    assertThatThrownBy(() -> federation.open(plan, Tensors.allocate(large), 1, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("250001")
        .hasMessageContaining("250000")
        .hasMessageContaining("secure-aggregation");
  }
}
