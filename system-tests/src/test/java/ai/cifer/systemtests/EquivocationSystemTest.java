package ai.cifer.systemtests;

import static ai.cifer.systemtests.AttackedFederation.ONE;
import static ai.cifer.systemtests.AttackedFederation.THREE;
import static ai.cifer.systemtests.AttackedFederation.TRAITOR;
import static ai.cifer.systemtests.AttackedFederation.TWO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.Reveal;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A coordinator, with one helper in its pay, that says different things to different helpers: the
/// difference of two sums would be an update.
class EquivocationSystemTest {
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

  @Test
  void mixedCohorts_areSignedByNoQuorum_andNobodyReveals() throws Exception {
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      Cohort all = round.cohort(ONE, TWO, THREE, TRAITOR);
      Cohort withoutThree = round.cohort(ONE, TWO, TRAITOR);
      CohortSignature first = round.sign(ONE, all);
      CohortSignature second = round.sign(TWO, withoutThree);

      assertThat(round.refusalToReveal(ONE, CapturedRound.request(all, first)))
          .contains("certificate: 1 valid signatures (expected: >= 3)");
      // A signature on one cohort is none on another, whoever's name stands over it.
      CohortSignature forged =
          new CohortSignature(all.ctx(), TWO, 0, 0, all.hash(), second.signature());
      assertThat(round.refusalToReveal(ONE, CapturedRound.request(all, first, forged)))
          .contains("certificate: 1 valid signatures (expected: >= 3)");
      assertThat(
              round.refusalToReveal(
                  TWO,
                  CapturedRound.request(
                      withoutThree, second, attacked.accomplice.sign(withoutThree))))
          .contains("certificate: 2 valid signatures (expected: >= 3)");
    }
  }

  @Test
  void mixedCohorts_withATraitorAmongTheHelpers_onlyOneOfThemOpens() throws Exception {
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      Cohort all = round.cohort(ONE, TWO, THREE, TRAITOR);
      Cohort withoutThree = round.cohort(ONE, TWO, TRAITOR);
      CohortSignature one = round.sign(ONE, all);
      CohortSignature two = round.sign(TWO, withoutThree);
      CohortSignature three = round.sign(THREE, withoutThree);
      // The traitor signs both.
      CohortSignature[] onSmall = {two, three, attacked.accomplice.sign(withoutThree)};
      CohortSignature[] onAll = {one, attacked.accomplice.sign(all)};

      Reveal[] revealed = {
        round.reveal(TWO, CapturedRound.request(withoutThree, onSmall)),
        round.reveal(THREE, CapturedRound.request(withoutThree, onSmall)),
        attacked.accomplice.reveal(round.round, withoutThree, round.shares(0, TRAITOR))
      };
      assertThat(round.open(withoutThree, revealed).clients()).isEqualTo(3);

      // The sum over all would give the update of client-3. One part is missing, for ever.
      assertThat(round.refusalToReveal(ONE, CapturedRound.request(all, onAll)))
          .contains("certificate: 2 valid signatures (expected: >= 3)");
      assertThat(round.refusalToReveal(ONE, CapturedRound.request(withoutThree, onSmall)))
          .contains("this cohort was not signed here");
      for (String helper : List.of(TWO, THREE)) {
        assertThat(round.refusalToSign(helper, all)).contains("another cohort was signed");
      }
      Reveal own = attacked.accomplice.reveal(round.round, all, round.shares(0, TRAITOR));
      assertThatThrownBy(() -> round.open(all, own)).isInstanceOf(RuntimeException.class);
    }
  }

  @Test
  void aSecondCohort_isRefused() throws Exception {
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      Cohort all = round.cohort(ONE, TWO, THREE, TRAITOR);
      CohortSignature signature = round.sign(ONE, all);

      assertThat(round.refusalToSign(ONE, round.cohort(ONE, TWO, THREE)))
          .contains("another cohort was signed");
      // The first one still holds, with the very same bytes.
      assertThat(round.sign(ONE, all)).isEqualTo(signature);
    }
  }

  @Test
  void aCohortBelowKMin_isRefused() throws Exception {
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      assertThat(round.refusalToSign(ONE, round.cohort(TWO, TRAITOR)))
          .contains("cohort: 2 clients (expected: 3 to 256)");
      assertThat(round.refusalToSign(ONE, round.cohort(TWO)))
          .contains("cohort: 1 clients (expected: 3 to 256)");
    }
  }

  @Test
  void aCohortBeforeTheSharesAreChecked_isRefused() throws Exception {
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      assertThat(round.refusalToSign(ONE, round.cohort(ONE, TWO, THREE)))
          .contains("no shares came");
    }
  }
}
