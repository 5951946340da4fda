package ai.cifer.fedlearn.round;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.round.RoundEvent.AttemptRenounced;
import ai.cifer.fedlearn.round.RoundEvent.ClientReady;
import ai.cifer.fedlearn.round.RoundEvent.ClientWithdrew;
import ai.cifer.fedlearn.round.RoundEvent.CohortSigned;
import ai.cifer.fedlearn.round.RoundEvent.GatheringEnded;
import ai.cifer.fedlearn.round.RoundEvent.HelperDeclined;
import ai.cifer.fedlearn.round.RoundEvent.HelperLost;
import ai.cifer.fedlearn.round.RoundEvent.HelperReady;
import ai.cifer.fedlearn.round.RoundEvent.SegmentStored;
import ai.cifer.fedlearn.round.RoundEvent.SharesChecked;
import ai.cifer.fedlearn.round.RoundEvent.StatementDeclined;
import ai.cifer.fedlearn.round.RoundEvent.SumRevealed;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RoundMachineTest {

  private static final RoundPlan KEY_HOLDER =
      new RoundPlan(3, new Bounds(3, 4), new Bounds(1, 1), Quorum.TWO_THIRDS, 1, 1);

  @Test
  void fourClientsOneKilled_completesWithThree() {
    RoundMachine machine = gathered(KEY_HOLDER);
    machine.accept(new SegmentStored("a", 0, 0));
    machine.accept(new SegmentStored("b", 0, 0));
    machine.accept(new SegmentStored("d", 0, 0));
    assertThat(machine.awaitedClients()).containsExactly("c");

    assertThat(machine.accept(new ClientWithdrew("c", "no progress for 5 s")))
        .containsExactly(new RoundCommand.SendShares(0, names("a", "b", "d"), names("key")));
    assertThat(machine.accept(new SharesChecked("key", 0, 0, new TreeSet<>())))
        .containsExactly(new RoundCommand.ProposeCohort(0, names("a", "b", "d"), names("key")));
    assertThat(machine.accept(new CohortSigned("key", 0, 0)))
        .containsExactly(new RoundCommand.RequestReveal(0, names("key")));
    assertThat(machine.accept(new SumRevealed("key", 0, 0)))
        .containsExactly(new RoundCommand.OpenSegment(0, names("a", "b", "d")));
    assertThat(machine.clients()).hasSize(4);
    assertThat(machine.contributors()).containsExactly("a", "b", "d");
  }

  @Test
  void aClientThatVanishesHalfWay_countsInTheSegmentsThatItFinished() {
    RoundMachine machine =
        gathered(new RoundPlan(1, new Bounds(3, 4), new Bounds(0, 0), Quorum.TWO_THIRDS, 2, 1));
    for (String client : List.of("a", "b", "d")) {
      machine.accept(new SegmentStored(client, 0, 0));
      machine.accept(new SegmentStored(client, 1, 0));
    }
    machine.accept(new SegmentStored("c", 0, 0));
    machine.accept(new ClientWithdrew("c", "vanished"));

    assertThat(machine.cohort(0)).containsExactly("a", "b", "c", "d");
    assertThat(machine.cohort(1)).containsExactly("a", "b", "d");
    assertThat(machine.contributors()).containsExactly("a", "b", "d");
  }

  @Test
  void tooFewClients_makeTheRoundVoid() {
    RoundMachine machine = gathered(KEY_HOLDER);
    machine.accept(new SegmentStored("a", 0, 0));
    machine.accept(new SegmentStored("b", 0, 0));
    machine.accept(new ClientWithdrew("c", "killed"));
    assertThat(machine.accept(new ClientWithdrew("d", "killed")))
        .containsExactly(
            new RoundCommand.Abandon(
                "clients with segment 0: 2 of 4 (expected: >= 3); c, d: killed"));
  }

  @Test
  void aLostKeyHolder_makesTheRoundVoidAndOpensNothing() {
    RoundMachine machine = gathered(KEY_HOLDER);
    assertThat(machine.accept(new HelperLost("key", "killed")))
        .containsExactly(new RoundCommand.Abandon("helpers: 0 of 1 (expected: >= 1); key: killed"));
    assertThat(machine.accept(new SegmentStored("a", 0, 0))).isEmpty();
    assertThat(machine.phase()).isEqualTo(Phase.VOID);
  }

  @Test
  void whatDepartingClientsWrite_doesNotGrowTheMessageWithoutBound() {
    RoundMachine machine = gathered(KEY_HOLDER);
    machine.accept(new ClientWithdrew("a", "x".repeat(60_000)));
    machine.accept(new ClientWithdrew("b", "y"));
    machine.accept(new ClientWithdrew("c", "y"));
    assertThat(machine.accept(new ClientWithdrew("d", "y")))
        .singleElement()
        .isInstanceOfSatisfying(
            RoundCommand.Abandon.class,
            abandon -> assertThat(abandon.reason()).endsWith("xxx...").hasSizeLessThan(2_100));
  }

  @Test
  void aKeyHolderLostAfterItsLastReveal_isNotMissed() {
    RoundMachine machine = gathered(KEY_HOLDER);
    for (String client : List.of("a", "b", "c", "d")) {
      machine.accept(new SegmentStored(client, 0, 0));
    }
    machine.accept(new SharesChecked("key", 0, 0, new TreeSet<>()));
    machine.accept(new CohortSigned("key", 0, 0));
    machine.accept(new SumRevealed("key", 0, 0));
    assertThat(machine.accept(new HelperLost("key", "killed"))).isEmpty();
    assertThat(machine.phase(0)).isEqualTo(SegmentPhase.OPENING);
  }

  @Test
  void gathering_opensWithEnoughOnceNobodyElseComes() {
    RoundMachine machine = new RoundMachine(KEY_HOLDER);
    machine.accept(new HelperReady("key"));
    machine.accept(new ClientReady("a"));
    machine.accept(new ClientReady("b"));
    assertThat(machine.accept(new GatheringEnded())).isEmpty();
    assertThat(machine.accept(new ClientReady("c")))
        .containsExactly(new RoundCommand.OpenRound(names("a", "b", "c"), names("key")));
  }

  static RoundMachine opened(RoundPlan plan) {
    RoundMachine machine = new RoundMachine(plan);
    for (String client : List.of("a", "b", "c", "d")) {
      machine.accept(new ClientReady(client));
      machine.accept(new HelperReady(client));
    }
    assertThat(machine.phase()).isEqualTo(Phase.COLLECTING);
    assertThat(machine.threshold()).isEqualTo(3);
    return machine;
  }

  /// Four clients that help one another, of whom `a`, `b` and `c` have sent everything: t = 3.
  private static RoundMachine helpingOneAnother(int segments, int attempts) {
    RoundMachine machine =
        opened(
            new RoundPlan(
                1, new Bounds(3, 4), new Bounds(3, 4), Quorum.TWO_THIRDS, segments, attempts));
    for (int segment = 0; segment < segments; segment++) {
      for (String client : List.of("a", "b", "c")) {
        machine.accept(new SegmentStored(client, segment, 0));
      }
    }
    return machine;
  }

  @Test
  void aClientThatIsOut_stillHelps() {
    RoundMachine machine = helpingOneAnother(1, 1);
    assertThat(machine.accept(new ClientWithdrew("d", "NaN")))
        .containsExactly(
            new RoundCommand.SendShares(0, names("a", "b", "c"), names("a", "b", "c", "d")));
    for (String helper : List.of("a", "b", "c")) {
      machine.accept(new SharesChecked(helper, 0, 0, new TreeSet<>()));
    }
    assertThat(machine.awaitedClients()).isEmpty();
    assertThat(machine.awaitedHelpers()).containsExactly("d");
    assertThat(machine.accept(new HelperLost("d", "silent")))
        .containsExactly(
            new RoundCommand.ProposeCohort(0, names("a", "b", "c"), names("a", "b", "c")));
    assertThat(machine.accept(new HelperLost("c", "killed")))
        .containsExactly(
            new RoundCommand.Abandon("helpers: 2 of 4 (expected: >= 3); c: killed; d: silent"));
  }

  @Test
  void aHelperLostAfterItsReveal_isNotMissed_andARestartedOneMayReveal() {
    RoundMachine machine = helpingOneAnother(2, 1);
    machine.accept(new SegmentStored("d", 0, 0));
    for (String helper : List.of("a", "b", "c", "d")) {
      machine.accept(new SharesChecked(helper, 0, 0, new TreeSet<>()));
    }
    machine.accept(new CohortSigned("a", 0, 0));
    machine.accept(new CohortSigned("b", 0, 0));
    machine.accept(new CohortSigned("c", 0, 0));
    machine.accept(new SumRevealed("a", 0, 0));
    // Its sum of segment 0 is on its disk; shares of segment 1 it cannot open any more.
    assertThat(machine.accept(new RoundEvent.HelperRestarted("c"))).isEmpty();
    assertThat(machine.accept(new SumRevealed("b", 0, 0))).isEmpty();
    assertThat(machine.awaitedHelpers()).containsExactly("c", "d");
    assertThat(machine.accept(new SumRevealed("c", 0, 0)))
        .containsExactly(new RoundCommand.OpenSegment(0, names("a", "b", "c", "d")));
    assertThat(machine.accept(new SegmentStored("d", 1, 0)))
        .containsExactly(
            new RoundCommand.SendShares(1, names("a", "b", "c", "d"), names("a", "b", "d")));
    assertThat(machine.accept(new HelperDeclined("d", 1, 0, "no room")))
        .containsExactly(
            new RoundCommand.Abandon(
                "helpers: 2 of 4 (expected: >= 3); d: no room; c: restarted, its key existed in"
                    + " memory only; attempts: 1 (max_attempts)"));
  }

  @Test
  void aSumThatDoesNotOpen_isTriedAgainWithMoreReveals_asLongAsMoreMayCome() {
    RoundMachine machine = helpingOneAnother(1, 1);
    machine.accept(new SegmentStored("d", 0, 0));
    for (String helper : List.of("a", "b", "c", "d")) {
      machine.accept(new SharesChecked(helper, 0, 0, new TreeSet<>()));
    }
    for (String helper : List.of("a", "b", "c")) {
      machine.accept(new CohortSigned(helper, 0, 0));
    }
    machine.accept(new SumRevealed("a", 0, 0));
    machine.accept(new SumRevealed("b", 0, 0));
    assertThat(machine.accept(new SumRevealed("c", 0, 0))).hasSize(1);
    RoundEvent failed = new RoundEvent.OpeningFailed(0, 0, 3, "not small");
    assertThat(machine.accept(failed))
        .as("d may have come back meanwhile")
        .containsExactly(new RoundCommand.RequestReveal(0, names("a", "b", "c", "d")));
    assertThat(machine.irreplaceableHelpers()).containsExactly("d");
    assertThat(machine.accept(new SumRevealed("d", 0, 0)))
        .containsExactly(new RoundCommand.OpenSegment(0, names("a", "b", "c", "d")));
    assertThat(machine.accept(failed)).as("what is late").isEmpty();
    assertThat(machine.accept(new RoundEvent.OpeningFailed(0, 0, 4, "they contradict")))
        .containsExactly(
            new RoundCommand.Abandon(
                "segment 0 could not be opened: they contradict; attempts: 1 (max_attempts)"));
  }

  /// Everybody has sent segment `index` in attempt `attempt` and nobody complains but `complaints`.
  static List<RoundCommand> checked(
      RoundMachine machine, int index, int attempt, Map<String, SortedSet<String>> complaints) {
    for (String client : List.of("a", "b", "c", "d")) {
      machine.accept(new SegmentStored(client, index, attempt));
    }
    List<RoundCommand> last = List.of();
    for (String helper : List.of("a", "b", "c", "d")) {
      last =
          machine.accept(
              new SharesChecked(
                  helper, index, attempt, complaints.getOrDefault(helper, new TreeSet<>())));
    }
    return last;
  }

  /// All four must be in the sum, t = 3, and an attempt that fails needs 3 statements.
  static RoundMachine allNeeded(int segments, int attempts) {
    return opened(
        new RoundPlan(
            1, new Bounds(4, 4), new Bounds(4, 4), Quorum.TWO_THIRDS, segments, attempts));
  }

  @Test
  void anAttemptThatFailed_isFollowedByAnotherOfThatSegmentAlone_onceEnoughStated() {
    RoundMachine machine = allNeeded(2, 2);
    // Two of four complain: nobody can be set aside, since three are needed.
    assertThat(checked(machine, 1, 0, Map.of("a", names("d"), "b", names("d"))))
        .containsExactly(
            new RoundCommand.RequestStatements(
                1,
                0,
                names("a", "b", "c", "d"),
                "clients with segment 1: 3 of 4 (expected: >= 4)"));
    assertThat(machine.irreplaceableHelpers()).containsExactly("a", "b", "c", "d");
    assertThat(machine.phase(0)).isEqualTo(SegmentPhase.COLLECTING);
    machine.accept(new AttemptRenounced("a", 1, 0));
    machine.accept(new AttemptRenounced("b", 1, 0));
    machine.accept(new AttemptRenounced("c", 1, 0));
    assertThat(machine.attempt(1)).as("one of four is still waited for").isZero();
    assertThat(machine.accept(new StatementDeclined("d", 1, 0, "it revealed")))
        .containsExactly(
            new RoundCommand.RetrySegment(
                1, 1, names("a", "b", "c", "d"), names("a", "b", "c", "d"), false));
    assertThat(machine.attempt(1)).isEqualTo(1);
    assertThat(machine.attempt(0)).isZero();
    assertThat(machine.awaitedClients()).containsExactly("a", "b", "c", "d");
    assertThat(machine.changes(new SegmentStored("a", 1, 0))).as("of the old attempt").isFalse();
    assertThat(checked(machine, 1, 1, Map.of()))
        .containsExactly(
            new RoundCommand.ProposeCohort(
                1, names("a", "b", "c", "d"), names("a", "b", "c", "d")));
  }

  @Test
  void withOneStatementTooFew_theRoundIsVoid() {
    RoundMachine machine = allNeeded(1, 2);
    checked(machine, 0, 0, Map.of("a", names("d"), "b", names("d")));
    machine.accept(new AttemptRenounced("a", 0, 0));
    machine.accept(new AttemptRenounced("b", 0, 0));
    machine.accept(new HelperLost("c", "silent"));
    assertThat(machine.accept(new StatementDeclined("d", 0, 0, "it revealed")))
        .containsExactly(
            new RoundCommand.Abandon(
                "clients with segment 0: 3 of 4 (expected: >= 4); statements that nothing of"
                    + " segment 0 attempt 0 was revealed: 2 (expected: >= 3); d: it revealed"));
  }

  @Test
  void attemptsAreCounted() {
    RoundMachine machine = allNeeded(1, 2);
    Map<String, SortedSet<String>> complaints = Map.of("a", names("d"), "b", names("d"));
    checked(machine, 0, 0, complaints);
    for (String helper : List.of("a", "b", "c", "d")) {
      machine.accept(new AttemptRenounced(helper, 0, 0));
    }
    assertThat(checked(machine, 0, 1, complaints))
        .containsExactly(
            new RoundCommand.Abandon(
                "clients with segment 0: 3 of 4 (expected: >= 4); attempts: 2 (max_attempts)"));
  }

  @Test
  void aHelperThatComplainsAboutMany_isSetAside_andTheOthersCertify() {
    RoundMachine machine = allNeeded(1, 1);
    assertThat(checked(machine, 0, 0, Map.of("b", names("a", "c", "d"))))
        .containsExactly(
            new RoundCommand.ProposeCohort(0, names("a", "b", "c", "d"), names("a", "c", "d")));
  }

  @Test
  void aClientOfWhichOneShareIsBad_isLeftOutWhereEnoughOthersAreThere() {
    RoundMachine machine = helpingOneAnother(1, 1);
    assertThat(checked(machine, 0, 0, Map.of("b", names("d"))))
        .containsExactly(
            new RoundCommand.ProposeCohort(0, names("a", "b", "c"), names("a", "b", "c", "d")));
  }

  @Test
  void aRestartedHelper_canStateButHoldsNoSharesOfTheNextAttempt() {
    RoundMachine machine = allNeeded(1, 2);
    checked(machine, 0, 0, Map.of("a", names("d"), "b", names("d")));
    assertThat(machine.accept(new RoundEvent.HelperRestarted("d"))).isEmpty();
    for (String helper : List.of("a", "b", "c")) {
      machine.accept(new AttemptRenounced(helper, 0, 0));
    }
    assertThat(machine.accept(new AttemptRenounced("d", 0, 0)))
        .containsExactly(
            new RoundCommand.RetrySegment(
                0, 1, names("a", "b", "c", "d"), names("a", "b", "c"), false));
  }

  @Test
  void aBlamedHelper_isNotAskedAboutOtherSegments_whileEnoughAreThere() {
    RoundMachine machine = helpingOneAnother(2, 1);
    checked(machine, 0, 0, Map.of());
    for (String helper : List.of("a", "b", "c")) {
      machine.accept(new CohortSigned(helper, 0, 0));
    }
    for (String helper : List.of("a", "b", "c", "d")) {
      machine.accept(new SumRevealed(helper, 0, 0));
    }
    machine.accept(new RoundEvent.HelperBlamed("a", 0, 0));
    assertThat(machine.accept(new SegmentStored("d", 1, 0)))
        .containsExactly(
            new RoundCommand.SendShares(1, names("a", "b", "c", "d"), names("b", "c", "d")));
  }

  @Test
  void statementsLeaveFewerThanTThatMayHaveRevealed() {
    assertThat(List.of(1, 2, 3, 4, 16, 32).stream().map(Quorum.TWO_THIRDS::statements))
        .containsExactly(1, 1, 1, 3, 11, 21);
    assertThat(List.of(4, 16, 32).stream().map(Quorum.TWO_THIRDS::liars)).containsExactly(1, 5, 10);
    for (int helpers = 1; helpers <= 1024; helpers++) {
      for (Quorum quorum : List.of(Quorum.TWO_THIRDS, Quorum.MAJORITY)) {
        int mayHaveRevealed = helpers - quorum.statements(helpers) + quorum.liars(helpers);
        assertThat(mayHaveRevealed).isEqualTo(quorum.of(helpers) - 1);
        assertThat(2 * quorum.of(helpers)).isGreaterThan(helpers + quorum.liars(helpers));
      }
    }
  }

  @Test
  void whoOwesNothing_cannotWithdraw() {
    RoundMachine machine = helpingOneAnother(1, 1);
    assertThat(machine.changes(new ClientWithdrew("a", "restarted"))).isFalse();
    assertThat(machine.changes(new ClientWithdrew("d", "restarted"))).isTrue();
  }

  @Test
  void theQuorumOfThoseWhoCame_countsNotOfThosePlanned() {
    assertThat(List.of(0, 1, 2, 3, 4, 16, 32).stream().map(Quorum.TWO_THIRDS::of))
        .containsExactly(0, 1, 2, 3, 3, 11, 22);
    assertThat(List.of(0, 1, 2, 3, 4, 16, 32).stream().map(Quorum.MAJORITY::of))
        .containsExactly(0, 1, 2, 2, 3, 9, 17);
  }

  static RoundMachine gathered(RoundPlan plan) {
    RoundMachine machine = new RoundMachine(plan);
    if (plan.encrypted()) {
      machine.accept(new HelperReady("key"));
    }
    for (String client : List.of("a", "b", "c", "d")) {
      machine.accept(new ClientReady(client));
    }
    assertThat(machine.phase()).isEqualTo(Phase.COLLECTING);
    return machine;
  }

  static SortedSet<String> names(String... names) {
    return new TreeSet<>(List.of(names));
  }

  /// A veto before the question would void the attempt of clients that still send.
  @Test
  void nobodyDeclines_beforeItIsAsked() {
    RoundMachine machine = helpingOneAnother(1, 1);
    RoundEvent early = new RoundEvent.HelperDeclined("a", 0, 0, "no");
    assertThat(machine.changes(early)).isFalse();
    machine.accept(new SegmentStored("d", 0, 0));
    assertThat(machine.changes(early)).isTrue();
  }
}
