package ai.cifer.systemtests;

import static ai.cifer.systemtests.AttackedFederation.ONE;
import static ai.cifer.systemtests.AttackedFederation.THREE;
import static ai.cifer.systemtests.AttackedFederation.TRAITOR;
import static ai.cifer.systemtests.AttackedFederation.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.journal.ClientJournal;
import ai.cifer.secagg.journal.HelperJournal;
import ai.cifer.secagg.message.BeaconCommitment;
import ai.cifer.secagg.message.BeaconList;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.NotRevealed;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.SignedMessage;
import ai.cifer.transport.Envelope;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A real client crashes when something is on its disk and the message that says so has not left:
/// after a restart it says exactly that, or nothing. The coordinator is malicious and tries to hear
/// something else.
@Tag("slow")
class CrashBetweenPersistAndSendSystemTest {
  private static final String VICTIM = ONE;

  @RegisterExtension static final Federation PROCESSES = new Federation();

  private static AttackedFederation attacked;

  @BeforeAll
  static void start() throws Exception {
    attacked = new AttackedFederation(PROCESSES);
  }

  @AfterAll
  static void stop() throws Exception {
    attacked.close();
  }

  /// Starts the victim so that it halts when `method` of its journal is done.
  private static Halt haltAfter(Class<?> journal, String method) throws Exception {
    Halt halt = new Halt(journal.getName(), method);
    attacked.restart(halt.flags(), Map.of(), VICTIM);
    return halt;
  }

  private static void crashAndRestart(RoundOpen open) throws Exception {
    attacked.restart(VICTIM);
    attacked.coordinator.send(VICTIM, Kinds.ROUND_OPEN, open);
  }

  /// What the victim's key signs is the same every time.
  private static <T extends SignedMessage> T signed(Function<Identity, T> message)
      throws IOException {
    Path own = PROCESSES.of(VICTIM);
    try (Identity identity =
        Identity.load(
            own.resolve("certificate.pem"),
            own.resolve("private_key.pem"),
            own.resolve("ca.pem"),
            InstantSource.system())) {
      return message.apply(identity);
    }
  }

  private static CohortSignature expected(Cohort cohort) throws IOException {
    return signed(identity ->
        new CohortSignature(cohort.ctx(), VICTIM, 0, 0, cohort.hash(), Bytes.EMPTY)
            .signed(CertificateEnrolment.signer(identity)));
  }

  private static RevealRequest certify(CapturedRound round, Cohort cohort) throws Exception {
    return CapturedRound.request(
        cohort, round.sign(ONE, cohort), round.sign(TWO, cohort), round.sign(THREE, cohort));
  }

  @Test
  void aSignature_isGivenForThatCohortAndNoOther() throws Exception {
    try (Halt halt = haltAfter(HelperJournal.class, "certify");
        CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      Cohort all = round.cohort(ONE, TWO, THREE, TRAITOR);
      attacked.coordinator.send(VICTIM, Kinds.COHORT, all);
      halt.await();
      assertThat(attacked.coordinator.arrived(VICTIM)).doesNotContain(Kinds.COHORT_SIGNATURE);
      crashAndRestart(round.round.open());

      assertThat(round.refusalToSign(VICTIM, round.cohort(ONE, TWO, THREE)))
          .contains("another cohort was signed");
      assertThat(round.sign(VICTIM, all)).isEqualTo(expected(all));
      RevealRequest request = certify(round, all);
      assertThat(
              round
                  .open(
                      all,
                      round.reveal(ONE, request),
                      round.reveal(TWO, request),
                      round.reveal(THREE, request))
                  .clients())
          .isEqualTo(4);
    }
  }

  @Test
  void aReveal_isGivenAgain_andNoStatementThatItWasNot() throws Exception {
    try (Halt halt = haltAfter(HelperJournal.class, "reveal");
        CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      Cohort all = round.cohort(ONE, TWO, THREE, TRAITOR);
      RevealRequest request = certify(round, all);
      attacked.coordinator.send(VICTIM, Kinds.REVEAL_REQUEST, request);
      halt.await();
      assertThat(attacked.coordinator.arrived(VICTIM)).doesNotContain(Kinds.REVEAL);
      crashAndRestart(round.round.open());

      assertThat(round.refusalToState(VICTIM, 0)).contains("its sum was revealed");
      Reveal first = round.reveal(VICTIM, request);
      assertThat(round.reveal(VICTIM, request)).isEqualTo(first);
      // The parts of all three fit together, so it is the part that was never sent.
      assertThat(
              round
                  .open(all, first, round.reveal(TWO, request), round.reveal(THREE, request))
                  .clients())
          .isEqualTo(4);
    }
  }

  @Test
  void aStatement_isGivenAgain_andNothingIsRevealed() throws Exception {
    try (Halt halt = haltAfter(HelperJournal.class, "renounce");
        CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      RevealRequest request = certify(round, round.cohort(ONE, TWO, THREE, TRAITOR));
      attacked.coordinator.send(VICTIM, new ControlMessage.StatementRequest(1, 0, 0).envelope());
      halt.await();
      assertThat(attacked.coordinator.arrived(VICTIM)).doesNotContain(Kinds.NOT_REVEALED);
      crashAndRestart(round.round.open());

      assertThat(round.refusalToReveal(VICTIM, request)).contains("renounced");
      assertThat(round.state(VICTIM, 0))
          .isEqualTo(
              signed(identity ->
                  new NotRevealed(request.ctx(), VICTIM, 0, 0, Bytes.EMPTY)
                      .signed(CertificateEnrolment.signer(identity))));
    }
  }

  /// Its random bytes were in its memory only.
  @Test
  void anOpeningOfADraw_neverLeaves_andThatDrawIsOverForIt() throws Exception {
    CuriousCoordinator coordinator = attacked.coordinator;
    Envelope request = new ControlMessage.CommitmentRequest("drawn", 1, 1).envelope();
    try (Halt halt = haltAfter(HelperJournal.class, "draw")) {
      coordinator.send(VICTIM, request);
      BeaconCommitment own =
          BeaconCommitment.decode(coordinator.await(VICTIM, Kinds.BEACON_COMMITMENT).body());
      BeaconList list =
          new BeaconList(
              own.federation(),
              own.run(),
              own.round(),
              own.number(),
              List.of(new BeaconList.Entry(VICTIM, own.commitment())));
      coordinator.send(VICTIM, Kinds.BEACON_LIST, list);
      halt.await();
      assertThat(coordinator.arrived(VICTIM)).doesNotContain(Kinds.BEACON_OPENING);
      attacked.restart(VICTIM);

      coordinator.send(VICTIM, Kinds.BEACON_LIST, list);
      assertThat(coordinator.awaitRefusal(VICTIM, Kinds.BEACON_OPENING))
          .contains("without a commitment of this process");
      coordinator.send(VICTIM, request);
      assertThat(coordinator.awaitRefusal(VICTIM, Kinds.BEACON_COMMITMENT))
          .contains("draw 1 of round 1: over");
    }
  }

  @Test
  void anUpdate_neverLeaves_andTheNextRoundGetsAnother() throws Exception {
    try (Halt halt = haltAfter(ClientJournal.class, "contribute")) {
      RoundOpen open = attacked.coordinator.sign(attacked.offer());
      attacked.coordinator.uploads.clear();
      attacked.coordinator.send(VICTIM, Kinds.ROUND_OPEN, open);
      halt.await();
      crashAndRestart(open);

      assertThat(attacked.coordinator.awaitWithdrawal(VICTIM))
          .contains("an update may have left before");
      assertThat(attacked.coordinator.uploads).isEmpty();
    }
    try (CapturedRound next = attacked.capture(attacked.offer())) {
      next.checkAll();
      assertThat(next.delivered(VICTIM, 0).manifest().client()).isEqualTo(VICTIM);
    }
  }
}
