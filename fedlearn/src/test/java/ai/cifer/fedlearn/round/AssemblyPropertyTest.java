package ai.cifer.fedlearn.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// How a round comes about when more clients came than may help, whoever leaves and when.
class AssemblyPropertyTest {
  private static final int SAMPLE = 4;
  private static final int LEAST = 3;

  @Property(tries = 2000)
  void helpersAreDrawnByAllWhoAreLeft_orTheRoundIsVoid(
      @ForAll long seed,
      @ForAll @IntRange(min = 3, max = 12) int clients,
      @ForAll @IntRange(min = 0, max = 60) int percentThatLeave) {
    Random random = new Random(seed);
    RoundMachine machine =
        new RoundMachine(
            new RoundPlan(
                1,
                new Bounds(LEAST, clients),
                new Bounds(LEAST, clients),
                Quorum.TWO_THIRDS,
                SAMPLE,
                1,
                1,
                0));
    List<RoundEvent> pending = new ArrayList<>();
    List<RoundEvent> log = new ArrayList<>();
    List<RoundCommand> commands = new ArrayList<>();
    Set<String> left = new HashSet<>();
    SortedSet<String> openers = new TreeSet<>();
    int draw = 0;
    for (int i = 0; i < clients; i++) {
      pending.add(new RoundEvent.ClientReady("c" + i));
      pending.add(new RoundEvent.HelperReady("c" + i));
    }
    while (machine.phase() == Phase.GATHERING || machine.phase() == Phase.DRAWING) {
      if (pending.isEmpty()) {
        // The liveness rule.
        String silent = machine.awaitedHelpers().first();
        left.add(silent);
        pending.add(new RoundEvent.HelperLost(silent, "silent"));
        pending.add(new RoundEvent.ClientWithdrew(silent, "silent"));
      }
      RoundEvent event = pending.remove(random.nextInt(pending.size()));
      log.add(event);
      List<RoundCommand> next = machine.accept(event);
      // Whatever comes twice changes nothing.
      assertThat(machine.accept(event)).isEmpty();
      commands.addAll(next);
      for (RoundCommand command : next) {
        switch (command) {
          case RoundCommand.AskCommitments(int number, SortedSet<String> members) -> {
            assertThat(number).isEqualTo(++draw);
            assertThat(List.copyOf(members)).noneMatch(left::contains).hasSizeGreaterThan(SAMPLE);
            for (String member : members) {
              if (random.nextInt(100) >= percentThatLeave) {
                pending.add(new RoundEvent.BeaconCommitted(member, number));
              }
            }
            // Of a draw that is over.
            pending.add(new RoundEvent.BeaconOpened(members.first(), number - 1));
          }
          case RoundCommand.AskOpenings(int number, SortedSet<String> members) -> {
            assertThat(number).isEqualTo(draw);
            assertThat(List.copyOf(members)).noneMatch(left::contains).hasSizeGreaterThan(SAMPLE);
            openers.clear();
            for (String member : members) {
              if (random.nextInt(100) >= percentThatLeave) {
                openers.add(member);
                pending.add(new RoundEvent.BeaconOpened(member, number));
              }
            }
          }
          case RoundCommand.CloseDraw(int number) -> {
            assertThat(number).isEqualTo(draw);
            assertThat(openers).isEqualTo(machine.clients());
            List<String> drawn = new ArrayList<>(openers);
            Collections.shuffle(drawn, random);
            pending.add(
                new RoundEvent.HelpersDrawn(new TreeSet<>(drawn.subList(0, SAMPLE)), number));
          }
          case RoundCommand.OpenRound(SortedSet<String> planned, SortedSet<String> helpers) -> {
            assertThat(List.copyOf(planned))
                .noneMatch(left::contains)
                .hasSizeBetween(LEAST, clients);
            assertThat(helpers).hasSize(Math.min(SAMPLE, planned.size()));
            assertThat(planned).containsAll(helpers);
            assertThat(machine.threshold()).isEqualTo(Quorum.TWO_THIRDS.of(helpers.size()));
          }
          case RoundCommand.Abandon(String reason) ->
              assertThat(reason)
                  .containsAnyOf("clients while helpers are drawn", "draws of helpers");
          default -> throw new AssertionError(command);
        }
      }
    }
    assertThat(draw).isLessThanOrEqualTo(RoundPlan.MAX_DRAWS);
    assertThat(machine.awaitedHelpers()).isEmpty();

    // The log alone gives the same commands again.
    RoundMachine replayed = new RoundMachine(machine.plan());
    List<RoundCommand> again = new ArrayList<>();
    log.forEach(event -> again.addAll(replayed.accept(event)));
    assertThat(again).isEqualTo(commands);
  }
}
