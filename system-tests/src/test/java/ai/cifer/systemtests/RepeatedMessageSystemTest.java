package ai.cifer.systemtests;

import static ai.cifer.systemtests.AttackedFederation.HONEST;
import static ai.cifer.systemtests.AttackedFederation.ONE;
import static ai.cifer.systemtests.AttackedFederation.THREE;
import static ai.cifer.systemtests.AttackedFederation.TRAITOR;
import static ai.cifer.systemtests.AttackedFederation.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A malicious coordinator says everything twice, or in another order, to real clients: what comes
/// twice is answered alike and counts once, what comes too early or too late is refused.
@Tag("slow")
class RepeatedMessageSystemTest {
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

  @BeforeEach
  void forget() {
    attacked.coordinator.uploads.clear();
  }

  private static RevealRequest certify(CapturedRound round, Cohort cohort) throws Exception {
    return CapturedRound.request(
        cohort, round.sign(ONE, cohort), round.sign(TWO, cohort), round.sign(THREE, cohort));
  }

  @Test
  void twice_isAnsweredAlike_andCountsOnce() throws Exception {
    attacked.coordinator.stutters = true;
    Offer offer = attacked.offer();
    offer.segmentParameters = 10_000;
    try (CapturedRound round = attacked.capture(offer)) {
      round.checkAll();
      Cohort all = round.cohort(ONE, TWO, THREE, TRAITOR);
      RevealRequest request = certify(round, all);
      for (String helper : HONEST) {
        Bytes first = Bytes.of(round.reveal(helper, request).encode());
        assertThat(Bytes.of(attacked.coordinator.await(helper, Kinds.REVEAL).body()))
            .isEqualTo(first);
      }
      assertThat(
              round
                  .open(
                      all,
                      round.reveal(ONE, request),
                      round.reveal(TWO, request),
                      round.reveal(THREE, request))
                  .clients())
          .isEqualTo(4);
      for (String client : HONEST) {
        assertThat(attacked.coordinator.uploads)
            .filteredOn(upload -> upload.client.equals(client))
            .as("segments of " + client)
            .hasSize(2);
      }
    } finally {
      attacked.coordinator.stutters = false;
    }
  }

  @Test
  void inAnotherOrder_nothingIsGiven_andTheRightOrderStillWorks() throws Exception {
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      Cohort all = round.cohort(ONE, TWO, THREE, TRAITOR);
      RevealRequest early = CapturedRound.request(all, attacked.accomplice.sign(all));
      assertThat(round.refusalToReveal(ONE, early)).contains("this cohort was not signed here");
      assertThat(round.refusalToSign(ONE, all)).contains("no shares came");
      round.checkAll();
      assertThat(round.refusalToReveal(ONE, early)).contains("this cohort was not signed here");

      RevealRequest request = certify(round, all);
      assertThat(round.reveal(ONE, request).cohort()).isEqualTo(all.hash());
    }
  }

  @Test
  void anOlderRoundOfTheRun_isRefused() throws Exception {
    RoundOpen older = attacked.coordinator.sign(attacked.offer("stale", 1));
    attacked.coordinator.send(
        ONE, Kinds.ROUND_OPEN, attacked.coordinator.sign(attacked.offer("stale", 2)));
    attacked.coordinator.awaitDelivery(ONE);
    attacked.coordinator.uploads.clear();
    attacked.coordinator.send(ONE, Kinds.ROUND_OPEN, older);
    assertThat(attacked.coordinator.awaitWithdrawal(ONE)).contains("round: 1 (expected: >= 2)");
    assertThat(attacked.coordinator.uploads).isEmpty();
  }

  /// After the result the round is over, whatever else comes of it.
  @Test
  void afterTheResult_nothingOfTheRoundIsGiven() throws Exception {
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      Cohort all = round.cohort(ONE, TWO, THREE, TRAITOR);
      RevealRequest request = certify(round, all);
      Bytes hash = Bytes.sha256(new byte[1]);
      RoundResult result =
          new RoundResult(
                  round.round.ctx(),
                  List.of(hash),
                  hash,
                  round.round.open().modelHash(),
                  round.round.open().author(),
                  Bytes.EMPTY)
              .signed(attacked.coordinator.signer());
      attacked.coordinator.forget(ONE);
      attacked.coordinator.send(ONE, Kinds.ROUND_RESULT, result);
      attacked.coordinator.send(ONE, Kinds.REVEAL_REQUEST, request);
      attacked.coordinator.send(ONE, Kinds.COHORT, round.cohort(ONE, TWO, THREE));
      assertThat(attacked.coordinator.settle(ONE))
          .doesNotContain(Kinds.REVEAL, Kinds.COHORT_SIGNATURE);
      // The same round again is the same context: its sum was erased with the result.
      attacked.coordinator.uploads.clear();
      attacked.coordinator.send(ONE, Kinds.ROUND_OPEN, round.round.open());
      assertThat(attacked.coordinator.awaitWithdrawal(ONE))
          .contains("an update may have left before");
      attacked.coordinator.forget(ONE);
      attacked.coordinator.send(ONE, Kinds.REVEAL_REQUEST, request);
      assertThat(attacked.coordinator.settle(ONE)).doesNotContain(Kinds.REVEAL);
      assertThat(attacked.coordinator.uploads).isEmpty();
    }
  }
}
