package ai.cifer.systemtests;

import static ai.cifer.systemtests.AttackedFederation.ONE;
import static ai.cifer.systemtests.AttackedFederation.THREE;
import static ai.cifer.systemtests.AttackedFederation.TRAITOR;
import static ai.cifer.systemtests.AttackedFederation.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.NotRevealed;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.message.RevealRequest;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A malicious coordinator opens an attempt at a segment, or has it half open, and asks real
/// clients for a further one: two sums of one segment over different cohorts would give an update.
/// Of four helpers three must state that they revealed nothing; its accomplice states whatever is
/// wanted.
class AttemptAfterRevealSystemTest {
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

  private static NotRevealed lie(CapturedRound round, String name) {
    return new NotRevealed(round.round.ctx(), name, 0, 0, Bytes.EMPTY)
        .signed(attacked.accomplice.signer());
  }

  private static Retry retry(CapturedRound round, NotRevealed... statements) {
    List<NotRevealed> sorted =
        Stream.of(statements).sorted(Comparator.comparing(NotRevealed::helper)).toList();
    return new Retry(round.round.ctx(), 0, 1, sorted);
  }

  private static RevealRequest certify(CapturedRound round, Cohort cohort) throws Exception {
    return CapturedRound.request(
        cohort, round.sign(ONE, cohort), round.sign(TWO, cohort), round.sign(THREE, cohort));
  }

  /// As a helper and as a client.
  private static void assertRefused(CapturedRound round, String client, Retry retry)
      throws Exception {
    attacked.coordinator.uploads.clear();
    attacked.coordinator.send(client, Kinds.RETRY, retry);
    // Client and helper are two threads of one process: either may be first.
    String asHelper = "";
    String asClient = "";
    while (asHelper.isEmpty() || asClient.isEmpty()) {
      CuriousCoordinator.Refusal refusal = attacked.coordinator.awaitRefusalOfAnyKind(client);
      if (refusal.asHelper()) {
        asHelper = refusal.reason();
      } else {
        asClient = refusal.reason();
      }
    }
    assertThat(List.of(asHelper, asClient))
        .allMatch(reason -> reason.contains("expected: >= 3"), "names how many are needed");
    assertThat(attacked.coordinator.uploads).isEmpty();
    // Nor does it sign there.
    Cohort next = new Cohort(round.round.ctx(), 0, 1, round.cohort(ONE, TWO, THREE).entries());
    assertThat(round.refusalToSign(client, next)).contains("attempt 1: not the one that runs");
  }

  @Test
  void afterTheSumIsOpen_nobodyTakesPartInAFurtherAttempt() throws Exception {
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      Cohort all = round.cohort(ONE, TWO, THREE, TRAITOR);
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

      for (String helper : List.of(ONE, TWO, THREE)) {
        assertThat(round.refusalToState(helper, 0)).contains("its sum was revealed");
      }
      assertRefused(round, ONE, retry(round));
      assertRefused(round, TWO, retry(round, lie(round, TRAITOR)));
    }
  }

  @Test
  void statementsThatTheAccompliceSignsForOthers_doNotCount() throws Exception {
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      RevealRequest request = certify(round, round.cohort(ONE, TWO, THREE, TRAITOR));
      round.reveal(ONE, request);

      assertRefused(
          round, TWO, retry(round, lie(round, TRAITOR), lie(round, ONE), lie(round, THREE)));
    }
  }

  @Test
  void whoRevealedGivesNoStatement_alsoAfterARestart() throws Exception {
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      RevealRequest request = certify(round, round.cohort(ONE, TWO, THREE, TRAITOR));
      round.reveal(ONE, request);
      assertThat(round.refusalToState(ONE, 0)).contains("its sum was revealed");
      attacked.restart(ONE);
      attacked.coordinator.send(ONE, Kinds.ROUND_OPEN, round.round.open());
      assertThat(round.refusalToState(ONE, 0)).contains("its sum was revealed");
    }
  }

  /// One of four revealed. Three statements allow a further attempt: and then what was revealed
  /// stays one part of three for ever.
  @Test
  void withTheNeededStatements_theFirstAttemptNeverOpens() throws Exception {
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      Cohort all = round.cohort(ONE, TWO, THREE, TRAITOR);
      RevealRequest request = certify(round, all);
      round.reveal(ONE, request);
      NotRevealed two = round.state(TWO, 0);
      assertRefused(round, THREE, retry(round, lie(round, TRAITOR), two));

      NotRevealed three = round.state(THREE, 0);
      attacked.coordinator.uploads.clear();
      attacked.coordinator.send(TWO, Kinds.RETRY, retry(round, lie(round, TRAITOR), two, three));
      CuriousCoordinator.Delivered again = attacked.coordinator.awaitDelivery(TWO);
      assertThat(again.manifest().attempt()).isEqualTo(1);
      assertThat(again.manifest().root())
          .as("under a fresh secret")
          .isNotEqualTo(round.delivered(TWO, 0).manifest().root());
      for (String helper : List.of(TWO, THREE)) {
        assertThat(round.refusalToReveal(helper, request)).contains("renounced");
      }
    }
  }
}
