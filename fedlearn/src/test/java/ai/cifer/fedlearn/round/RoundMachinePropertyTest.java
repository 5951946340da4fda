package ai.cifer.fedlearn.round;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.round.RoundCommand.Abandon;
import ai.cifer.fedlearn.round.RoundCommand.ApplyModel;
import ai.cifer.fedlearn.round.RoundCommand.Complete;
import ai.cifer.fedlearn.round.RoundCommand.OpenRound;
import ai.cifer.fedlearn.round.RoundCommand.OpenSegment;
import ai.cifer.fedlearn.round.RoundCommand.ProposeCohort;
import ai.cifer.fedlearn.round.RoundCommand.RequestReveal;
import ai.cifer.fedlearn.round.RoundCommand.RequestStatements;
import ai.cifer.fedlearn.round.RoundCommand.RetrySegment;
import ai.cifer.fedlearn.round.RoundCommand.SendShares;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// The laws of a round, over random schedules of arrivals, dropouts, complaints, and repeated, late
/// and foreign events.
class RoundMachinePropertyTest {

  @Property(tries = 2000)
  void everyRoundEndsAndKeepsItsPromises(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 7) int clients,
      @ForAll @IntRange(min = 0, max = 5) int helpers,
      @ForAll @IntRange(min = 1, max = 4) int segments) {
    Schedule schedule = schedule(seed, clients, helpers, segments);
    RoundPlan plan = schedule.plan;
    assertThat(schedule.machine.phase().isOver()).isTrue();
    assertThat(schedule.machine.awaitedClients()).isEmpty();
    assertThat(schedule.machine.awaitedHelpers()).isEmpty();

    // The log alone gives the same commands again.
    RoundMachine replayed = new RoundMachine(plan);
    List<RoundCommand> again = new ArrayList<>();
    schedule.log.forEach(event -> again.addAll(replayed.accept(event)));
    assertThat(again).isEqualTo(schedule.commands);
    assertThat(replayed.phase()).isEqualTo(schedule.machine.phase());
  }

  /// The last client left while helpers were stating.
  @Example
  void aSegmentThatNobodyCouldSendIsNotAskedFor() {
    everyRoundEndsAndKeepsItsPromises(86438, 1, 1, 3);
  }

  /// What the property says of retries says something only if there are some.
  @Example
  void schedulesGetThroughSeveralAttempts() {
    int completed = 0;
    for (int seed = 0; seed < 2000; seed++) {
      Schedule schedule = schedule(seed, 5, 5, 2);
      if (schedule.retries > 0 && schedule.machine.phase() == Phase.COMPLETED) {
        completed++;
      }
    }
    assertThat(completed).isGreaterThan(10);
  }

  /// As above.
  @Example
  void schedulesGetThroughRepetitions() {
    int completed = 0;
    for (int seed = 0; seed < 4000; seed++) {
      Schedule schedule = schedule(seed, 5, 5, 2);
      if (schedule.repeats > 0 && schedule.machine.phase() == Phase.COMPLETED) {
        completed++;
      }
    }
    assertThat(completed).isGreaterThan(10);
  }

  /// As above.
  @Example
  void schedulesGetThroughWithoutSomeSegments() {
    int completed = 0;
    for (int seed = 0; seed < 2000; seed++) {
      Schedule schedule = schedule(seed, 5, 5, 3);
      if (!schedule.abandoned.isEmpty() && schedule.machine.phase() == Phase.COMPLETED) {
        completed++;
      }
    }
    assertThat(completed).isGreaterThan(10);
  }

  private static Schedule schedule(long seed, int clients, int helpers, int segments) {
    Random random = new Random(seed);
    int minClients = 1 + random.nextInt(clients);
    int minHelpers = helpers == 0 ? 0 : 1 + random.nextInt(helpers);
    RoundPlan plan =
        new RoundPlan(
            1,
            new Bounds(minClients, clients),
            new Bounds(minHelpers, helpers),
            random.nextBoolean() ? Quorum.MAJORITY : Quorum.TWO_THIRDS,
            Integer.MAX_VALUE,
            segments,
            1 + random.nextInt(3),
            random.nextInt(segments + 1));
    Schedule schedule = new Schedule(plan, random);
    schedule.run();
    return schedule;
  }

  /// Answers commands like a driver whose participants may vanish, in random order.
  private static final class Schedule {
    final RoundPlan plan;
    final Random random;
    final RoundMachine machine;

    /// Helpers are the clients themselves, or others.
    final String helper;

    final List<RoundEvent> log = new ArrayList<>();
    final List<RoundCommand> commands = new ArrayList<>();
    final Deque<RoundEvent> pending = new ArrayDeque<>();
    final Map<Place, Set<String>> stored = new HashMap<>();
    final Map<Place, Set<String>> signed = new HashMap<>();
    final Map<Place, Set<String>> revealed = new HashMap<>();
    final Map<Place, Set<String>> renounced = new HashMap<>();
    final Map<Place, SortedSet<String>> proposed = new HashMap<>();
    final Map<Place, Integer> opened = new HashMap<>();

    final SortedSet<Integer> abandoned = new TreeSet<>();

    private record Place(int segment, int attempt) {}

    /// The attempt that runs.
    private Place at(int segment) {
      return new Place(segment, machine.attempt(segment));
    }

    private static void add(Map<Place, Set<String>> to, int segment, int attempt, String name) {
      to.computeIfAbsent(new Place(segment, attempt), any -> new HashSet<>()).add(name);
    }

    Schedule(RoundPlan plan, Random random) {
      this.plan = plan;
      this.random = random;
      this.machine = new RoundMachine(plan);
      this.helper = random.nextBoolean() ? "client-" : "helper-";
    }

    int retries;
    int repeats;
    final Map<Integer, SortedSet<String>> bound = new HashMap<>();

    void run() {
      for (int i = 0; i < plan.clients().max(); i++) {
        pending.add(new RoundEvent.ClientReady("client-" + i));
      }
      for (int i = 0; i < plan.helpers().max(); i++) {
        pending.add(new RoundEvent.HelperReady(helper + i));
      }
      pending.add(new RoundEvent.ClientReady("late"));
      pending.add(new RoundEvent.SumRevealed("helper-0", plan.segments(), 0));
      pending.add(new RoundEvent.SegmentStored("client-0", -1, 0));
      while (!pending.isEmpty()) {
        feed(takeAny());
      }
      // The liveness rule: whoever is still awaited is reported as gone.
      for (int guard = 0; !machine.phase().isOver() && guard < 1000; guard++) {
        machine
            .awaitedClients()
            .forEach(name -> feed(new RoundEvent.ClientWithdrew(name, "silent")));
        machine.awaitedHelpers().forEach(name -> feed(new RoundEvent.HelperLost(name, "silent")));
        while (!pending.isEmpty()) {
          feed(takeAny());
        }
      }
    }

    private RoundEvent takeAny() {
      for (int skip = random.nextInt(pending.size()); skip > 0; skip--) {
        pending.addLast(pending.removeFirst());
      }
      return pending.removeFirst();
    }

    private void feed(RoundEvent event) {
      log.add(event);
      note(event);
      boolean changes = machine.changes(event);
      List<RoundCommand> next = machine.accept(event);
      assertThat(changes || next.isEmpty()).as("what changes nothing commands nothing").isTrue();
      commands.addAll(next);
      next.forEach(this::obey);
      if (random.nextInt(4) == 0) {
        log.add(event);
        assertThat(machine.changes(event) && !(event instanceof RoundEvent.RoundStopped))
            .as("the second time: %s", event)
            .isFalse();
        assertThat(machine.accept(event)).as("the second time: %s", event).isEmpty();
      }
    }

    private void note(RoundEvent event) {
      switch (event) {
        case RoundEvent.SegmentStored(String client, int segment, int attempt) ->
            add(stored, segment, attempt, client);
        case RoundEvent.CohortSigned(String helper, int segment, int attempt) ->
            add(signed, segment, attempt, helper);
        case RoundEvent.SumRevealed(String helper, int segment, int attempt) ->
            add(revealed, segment, attempt, helper);
        case RoundEvent.AttemptRenounced(String helper, int segment, int attempt) ->
            add(renounced, segment, attempt, helper);
        default -> {}
      }
    }

    private void obey(RoundCommand command) {
      switch (command) {
        case RoundCommand.AskCommitments _, RoundCommand.AskOpenings _, RoundCommand.CloseDraw _ ->
            throw new AssertionError("nobody draws where all may help: " + command);
        case OpenRound(SortedSet<String> clients, SortedSet<String> helpers) -> {
          assertThat(clients.size()).isBetween(plan.clients().min(), plan.clients().max());
          assertThat(helpers.size()).isBetween(plan.helpers().min(), plan.helpers().max());
          for (String client : clients) {
            int sends =
                random.nextInt(5) == 0 ? random.nextInt(plan.segments() + 1) : plan.segments();
            for (int segment = 0; segment < sends; segment++) {
              pending.add(new RoundEvent.SegmentStored(client, segment, 0));
            }
            if (sends < plan.segments()) {
              pending.add(new RoundEvent.ClientWithdrew(client, "NaN"));
            }
          }
          pending.add(new RoundEvent.SegmentStored("stranger", 0, 0));
        }
        case SendShares(int segment, SortedSet<String> clients, SortedSet<String> helpers) -> {
          assertThat(stored.get(at(segment))).containsAll(clients);
          for (String helper : helpers) {
            if (random.nextInt(8) != 0) {
              SortedSet<String> complaints = new TreeSet<>();
              if (random.nextInt(6) == 0) {
                complaints.addAll(
                    random.nextBoolean() ? clients : new TreeSet<>(Set.of(clients.first())));
              }
              pending.add(
                  new RoundEvent.SharesChecked(
                      helper, segment, machine.attempt(segment), complaints));
            }
          }
          if (random.nextInt(4) == 0) {
            String first = helpers.first();
            pending.add(
                random.nextBoolean()
                    ? new RoundEvent.HelperRestarted(first)
                    : new RoundEvent.HelperDeclined(
                        first, segment, machine.attempt(segment), "no room"));
          }
          pending.add(new RoundEvent.SharesChecked("stranger", segment, 0, new TreeSet<>(clients)));
        }
        case ProposeCohort(int segment, SortedSet<String> cohort, SortedSet<String> helpers) -> {
          assertThat(cohort.size()).isGreaterThanOrEqualTo(plan.clients().min());
          assertThat(proposed.put(at(segment), cohort)).as("one cohort an attempt").isNull();
          assertThat(bound.getOrDefault(segment, cohort)).isEqualTo(cohort);
          for (String helper : helpers) {
            if (random.nextInt(8) != 0) {
              pending.add(new RoundEvent.CohortSigned(helper, segment, machine.attempt(segment)));
            }
          }
        }
        case RequestReveal(int segment, SortedSet<String> helpers) -> {
          assertThat(signed.get(at(segment))).hasSizeGreaterThanOrEqualTo(machine.threshold());
          for (String helper : helpers) {
            if (random.nextInt(8) != 0) {
              pending.add(new RoundEvent.SumRevealed(helper, segment, machine.attempt(segment)));
            }
          }
        }
        case OpenSegment(int segment, SortedSet<String> cohort) -> {
          int reveals = machine.reveals(segment);
          Integer before = opened.put(at(segment), reveals);
          assertThat(before == null || before < reveals).as("again only with more").isTrue();
          assertThat(cohort.size()).isGreaterThanOrEqualTo(plan.clients().min());
          if (plan.encrypted()) {
            assertThat(cohort).isEqualTo(proposed.get(at(segment)));
            assertThat(revealed.get(at(segment))).hasSizeGreaterThanOrEqualTo(machine.threshold());
          }
          if (plan.encrypted() && random.nextInt(10) == 0) {
            feed(new RoundEvent.HelperBlamed(helper + 0, segment, machine.attempt(segment)));
          }
          pending.add(
              random.nextInt(20) == 0
                  ? new RoundEvent.OpeningFailed(
                      segment, machine.attempt(segment), reveals, "a check failed")
                  : new RoundEvent.SegmentOpened(segment, machine.attempt(segment), 10));
        }
        case RequestStatements(
                int segment,
                int attempt,
                SortedSet<String> helpers,
                String reason) -> {
          assertThat(reason).isNotBlank();
          assertThat(Collections.disjoint(revealed.getOrDefault(at(segment), Set.of()), helpers))
              .isTrue();
          for (String helper : helpers) {
            if (random.nextInt(8) != 0) {
              pending.add(new RoundEvent.AttemptRenounced(helper, segment, attempt));
            } else if (random.nextBoolean()) {
              pending.add(
                  new RoundEvent.StatementDeclined(helper, segment, attempt, "it revealed"));
            }
          }
        }
        case RetrySegment(
                int segment,
                int attempt,
                SortedSet<String> clients,
                SortedSet<String> helpers,
                boolean repeated) -> {
          retries++;
          assertThat(attempt).isEqualTo(machine.attempt(segment)).isLessThan(plan.attempts());
          Place before = new Place(segment, attempt - 1);
          if (repeated) {
            repeats++;
            assertThat(signed.get(before)).hasSizeGreaterThanOrEqualTo(machine.threshold());
            bound.merge(
                segment,
                proposed.get(before),
                (one, other) -> {
                  assertThat(other).as("one cohort, once one was certified").isEqualTo(one);
                  return other;
                });
          } else {
            assertThat(renounced.get(before))
                .as("statements of as many as leave fewer than t that may have revealed")
                .hasSizeGreaterThanOrEqualTo(plan.quorum().statements(machine.helpers().size()));
          }
          if (bound.containsKey(segment)) {
            assertThat(clients).isEqualTo(bound.get(segment));
          }
          assertThat(opened).doesNotContainKey(new Place(segment, attempt));
          for (String client : clients) {
            if (random.nextInt(10) != 0) {
              pending.add(new RoundEvent.SegmentStored(client, segment, attempt));
            }
          }
          // What was on its way when the attempt failed.
          pending.add(new RoundEvent.SegmentStored(clients.first(), segment, attempt - 1));
          for (String helper : helpers) {
            pending.add(
                new RoundEvent.SharesChecked(helper, segment, attempt - 1, new TreeSet<>(clients)));
            pending.add(new RoundEvent.CohortSigned(helper, segment, attempt - 1));
          }
        }
        case RoundCommand.AbandonSegment(int segment, String reason) -> {
          assertThat(segment).isLessThan(plan.dispensable());
          assertThat(reason).isNotBlank();
          assertThat(abandoned.add(segment)).as("once").isTrue();
        }
        case ApplyModel() -> {
          assertThat(machine.abandoned()).containsExactlyElementsOf(abandoned);
          assertThat(abandoned.size()).isLessThan(plan.segments());
          for (int segment = 0; segment < plan.segments(); segment++) {
            assertThat(opened.containsKey(at(segment)) || abandoned.contains(segment)).isTrue();
          }
          pending.add(new RoundEvent.ModelApplied());
        }
        case Complete() -> assertThat(machine.phase()).isEqualTo(Phase.COMPLETED);
        case Abandon(String reason) -> {
          assertThat(machine.phase()).isEqualTo(Phase.VOID);
          assertThat(reason).isNotBlank();
        }
      }
    }
  }
}
