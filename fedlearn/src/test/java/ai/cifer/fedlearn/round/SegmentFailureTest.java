package ai.cifer.fedlearn.round;

import static ai.cifer.fedlearn.round.RoundMachineTest.allNeeded;
import static ai.cifer.fedlearn.round.RoundMachineTest.checked;
import static ai.cifer.fedlearn.round.RoundMachineTest.gathered;
import static ai.cifer.fedlearn.round.RoundMachineTest.names;
import static ai.cifer.fedlearn.round.RoundMachineTest.opened;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.round.RoundEvent.ClientWithdrew;
import ai.cifer.fedlearn.round.RoundEvent.CohortSigned;
import ai.cifer.fedlearn.round.RoundEvent.SegmentStored;
import ai.cifer.fedlearn.round.RoundEvent.SumRevealed;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

/// What becomes of a round one of whose segments fails after a reveal, or for good.
class SegmentFailureTest {
  @Test
  void aPartialRound_goesOnWithoutTheSegmentThatFailsForGood_butNotWithoutAll() {
    RoundMachine machine =
        opened(
            new RoundPlan(
                1,
                new Bounds(4, 4),
                new Bounds(4, 4),
                Quorum.TWO_THIRDS,
                Integer.MAX_VALUE,
                2,
                1,
                2));
    Map<String, SortedSet<String>> complaints = Map.of("a", names("d"), "b", names("d"));
    assertThat(checked(machine, 1, 0, complaints))
        .containsExactly(
            new RoundCommand.AbandonSegment(
                1, "clients with segment 1: 3 of 4 (expected: >= 4); attempts: 1 (max_attempts)"));
    assertThat(machine.phase(1)).isEqualTo(SegmentPhase.VOID);
    assertThat(machine.phase()).isEqualTo(Phase.COLLECTING);
    assertThat(machine.changes(new SegmentStored("a", 1, 0))).isFalse();
    assertThat(checked(machine, 0, 0, complaints))
        .as("none is left")
        .last()
        .isInstanceOf(RoundCommand.Abandon.class);
  }

  @Test
  void whoeverIsInAllSegmentsThatCount_contributed() {
    RoundMachine machine =
        gathered(
            new RoundPlan(
                1,
                new Bounds(3, 4),
                new Bounds(0, 0),
                Quorum.TWO_THIRDS,
                Integer.MAX_VALUE,
                2,
                1,
                1));
    for (String client : List.of("a", "b", "c", "d")) {
      machine.accept(new SegmentStored(client, 1, 0));
    }
    machine.accept(new RoundEvent.SegmentOpened(1, 0, 10));
    machine.accept(new SegmentStored("a", 0, 0));
    machine.accept(new RoundEvent.ClientWithdrew("b", "gone"));
    machine.accept(new RoundEvent.ClientWithdrew("c", "gone"));
    assertThat(machine.accept(new RoundEvent.ClientWithdrew("d", "gone")))
        .containsExactly(
            new RoundCommand.AbandonSegment(
                0, "clients with segment 0: 1 of 4 (expected: >= 3); b, c, d: gone"),
            new RoundCommand.ApplyModel());
    assertThat(machine.abandoned()).containsExactly(0);
    assertThat(machine.contributors()).containsExactly("a", "b", "c", "d");
  }

  /// Nobody can state that it revealed nothing; but the same sum again tells nothing more.
  @Test
  void afterReveals_thereIsNoOtherAttemptButTheSameCohort() {
    RoundMachine machine = allNeeded(1, 3);
    checked(machine, 0, 0, Map.of());
    assertThat(unopened(machine, 0))
        .containsExactly(
            new RoundCommand.RequestStatements(
                0, 0, names(), "segment 0 could not be opened: they contradict"),
            new RoundCommand.RetrySegment(
                0, 1, names("a", "b", "c", "d"), names("a", "b", "c", "d"), true));
    assertThat(checked(machine, 0, 1, Map.of()))
        .containsExactly(
            new RoundCommand.ProposeCohort(
                0, names("a", "b", "c", "d"), names("a", "b", "c", "d")));
    unopened(machine, 1);
    checked(machine, 0, 2, Map.of());
    assertThat(unopened(machine, 2))
        .containsExactly(
            new RoundCommand.Abandon(
                "segment 0 could not be opened: they contradict; attempts: 3 (max_attempts)"));
  }

  /// It would take the update of whoever is missing out of the difference.
  @Test
  void afterReveals_withoutOneOfTheCohort_thereIsNoOtherAttempt() {
    RoundMachine machine =
        opened(new RoundPlan(1, new Bounds(3, 4), new Bounds(4, 4), Quorum.TWO_THIRDS, 2, 3));
    checked(machine, 0, 0, Map.of());
    machine.accept(new ClientWithdrew("d", "gone"));
    assertThat(unopened(machine, 0))
        .containsExactly(
            new RoundCommand.Abandon(
                "segment 0 could not be opened: they contradict; statements that nothing of segment"
                    + " 0 attempt 0 was revealed: 0 (expected: >= 3)"));
  }

  @Test
  void aRepetitionWithoutOneOfTheCohort_endsTheRound_thoughEnoughOthersAreThere() {
    RoundMachine machine =
        opened(new RoundPlan(1, new Bounds(3, 4), new Bounds(4, 4), Quorum.TWO_THIRDS, 1, 3));
    checked(machine, 0, 0, Map.of("a", names("d")));
    assertThat(machine.cohort(0)).containsExactly("a", "b", "c");
    assertThat(unopened(machine, 0))
        .last()
        .isEqualTo(
            new RoundCommand.RetrySegment(
                0, 1, names("a", "b", "c"), names("a", "b", "c", "d"), true));
    assertThat(machine.changes(new SegmentStored("d", 0, 1))).as("it is of no cohort").isFalse();
    assertThat(machine.awaitedClients()).containsExactly("a", "b", "c");
    machine.accept(new SegmentStored("a", 0, 1));
    machine.accept(new SegmentStored("b", 0, 1));
    assertThat(machine.accept(new ClientWithdrew("c", "gone")))
        .containsExactly(
            new RoundCommand.Abandon("clients with segment 0: 2 of 4 (expected: >= 3); c: gone"));
  }

  /// All helpers sign and reveal the cohort of segment 0, and it does not open.
  private static List<RoundCommand> unopened(RoundMachine machine, int attempt) {
    for (String helper : List.of("a", "b", "c")) {
      machine.accept(new CohortSigned(helper, 0, attempt));
    }
    for (String helper : List.of("a", "b", "c", "d")) {
      machine.accept(new SumRevealed(helper, 0, attempt));
    }
    machine.accept(new RoundEvent.OpeningFailed(0, attempt, 3, "not small"));
    return machine.accept(new RoundEvent.OpeningFailed(0, attempt, 4, "they contradict"));
  }
}
