package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.node.CiferClient;
import ai.cifer.node.FedServer;
import ai.cifer.node.RunResult;
import ai.cifer.node.participant.Ending;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The process of a client, or of a key holder, is killed with SIGKILL at a moment of round 2 of a
/// federation of the demo's shape. The moments are exact: the coordinator is in the process of this
/// test, and does nothing more before its listener returns.
class KilledAtEveryMomentSystemTest {
  private static final String CLIENT = "client-1";
  private static final int ROUNDS = 3;
  private static final int KILLED_IN = 2;

  /// The exit code of a client that finds no coordinator.
  private static final int UNREACHABLE = 22;

  @RegisterExtension final Federation federation = new Federation();

  private enum Moment {
    CONNECTED {
      @Override
      boolean is(RunEvent event, String victim) {
        return event instanceof RunEvent.Joined(String name, String _) && name.equals(victim);
      }
    },
    KEY_GIVEN {
      @Override
      boolean is(RunEvent event, String victim) {
        return advanced(event, new RoundEvent.HelperReady(victim)::equals);
      }
    },
    ROUND_OPENED {
      @Override
      boolean is(RunEvent event, String victim) {
        return event instanceof RunEvent.RoundOpened(int round, List<String> _)
            && round == KILLED_IN;
      }
    },
    TRAINED {
      @Override
      boolean is(RunEvent event, String victim) {
        return event
                instanceof RunEvent.Progress(int round, String who, String step, long _, long _)
            && round == KILLED_IN
            && who.equals(victim)
            && step.equals("encrypt");
      }
    },
    UPLOADING {
      @Override
      boolean is(RunEvent event, String victim) {
        return advanced(event, new RoundEvent.SegmentStored(victim, 0, 0)::equals);
      }
    },
    UPLOADED {
      @Override
      boolean is(RunEvent event, String victim) {
        return advanced(event, new RoundEvent.SegmentStored(victim, 1, 0)::equals);
      }
    },
    SHARES_CHECKED {
      @Override
      boolean is(RunEvent event, String victim) {
        return advanced(
            event,
            inner ->
                inner instanceof RoundEvent.SharesChecked checked
                    && checked.helper().equals(victim));
      }
    },
    COHORT_SIGNED {
      @Override
      boolean is(RunEvent event, String victim) {
        // A quorum is enough: whether the victim is in it, nobody knows before.
        return advanced(event, RoundEvent.CohortSigned.class::isInstance);
      }
    },
    SUM_REVEALED {
      @Override
      boolean is(RunEvent event, String victim) {
        return advanced(event, RoundEvent.SumRevealed.class::isInstance);
      }
    },
    SUM_OPENED {
      @Override
      boolean is(RunEvent event, String victim) {
        return advanced(event, RoundEvent.SegmentOpened.class::isInstance);
      }
    },
    MODEL_MADE {
      @Override
      boolean is(RunEvent event, String victim) {
        return advanced(event, RoundEvent.ModelApplied.class::isInstance);
      }
    },
    ROUND_COMPLETED {
      @Override
      boolean is(RunEvent event, String victim) {
        return event instanceof RunEvent.RoundCompleted(RoundSummary summary)
            && summary.round() == KILLED_IN;
      }
    };

    abstract boolean is(RunEvent event, String victim);

    private static boolean advanced(RunEvent event, Predicate<RoundEvent> which) {
      return event instanceof RunEvent.Advanced(int round, RoundEvent inner)
          && round == KILLED_IN
          && which.test(inner);
    }
  }

  private enum Then {
    FOR_GOOD,
    STARTED_AGAIN
  }

  /// Every moment once, the ways how it goes on by turns.
  static Stream<Arguments> everyMoment() {
    List<Moment> moments = List.of(Moment.values());
    return IntStream.range(0, moments.size())
        .mapToObj(
            i -> Arguments.of(moments.get(i), i % 2 == 0 ? Then.FOR_GOOD : Then.STARTED_AGAIN));
  }

  static Stream<Arguments> everyMomentEveryWay() {
    return Stream.of(Moment.values())
        .flatMap(moment -> Stream.of(Then.values()).map(then -> Arguments.of(moment, then)));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("everyMoment")
  void aClientOfFour_theRunFinishes(Moment moment, Then then) throws Exception {
    RunResult result = run("secure-aggregation", 4, CLIENT, moment, then);
    assertFinished(result, 3);
  }

  @Tag("full")
  @ParameterizedTest
  @MethodSource("everyMomentEveryWay")
  void aClientOfFour_theRunFinishesEitherWay(Moment moment, Then then) throws Exception {
    RunResult result = run("secure-aggregation", 4, CLIENT, moment, then);
    assertFinished(result, 3);
  }

  /// Of three helpers all are needed: the round may be void, with a reason; the next one completes.
  @Tag("slow")
  @ParameterizedTest
  @MethodSource("someMoments")
  void aClientOfThree_theRoundIsVoidOrCompletes_andTheRunFinishes(Moment moment) throws Exception {
    assertFinished(run("secure-aggregation", 3, CLIENT, moment, Then.STARTED_AGAIN), 3);
  }

  static Stream<Moment> someMoments() {
    return Stream.of(Moment.TRAINED, Moment.SHARES_CHECKED, Moment.COHORT_SIGNED);
  }

  @Tag("full")
  @ParameterizedTest
  @MethodSource("everyMomentAlone")
  void aClientOfThree_atEveryMoment(Moment moment) throws Exception {
    assertFinished(run("secure-aggregation", 3, CLIENT, moment, Then.STARTED_AGAIN), 3);
  }

  static Stream<Moment> everyMomentAlone() {
    return Stream.of(Moment.values());
  }

  /// Its key exists in its memory only: a round that it did not finish is void.
  @Tag("slow")
  @ParameterizedTest
  @MethodSource("keyHolders")
  void aKeyHolder_itsRoundIsVoid_andTheRunFinishes(String mode, Moment moment) throws Exception {
    RunResult result = run(mode, 3, Identities.KEY_HOLDER, moment, Then.STARTED_AGAIN);
    assertFinished(result, 3);
    assertThat(result.rounds()).extracting(RoundSummary::round).doesNotContain(KILLED_IN);
  }

  static Stream<Arguments> keyHolders() {
    return Stream.of(
        Arguments.of("ckks", Moment.SHARES_CHECKED),
        Arguments.of("ckks", Moment.COHORT_SIGNED),
        Arguments.of("paillier", Moment.COHORT_SIGNED));
  }

  @Tag("full")
  @ParameterizedTest
  @MethodSource("keyHoldersAtEveryMoment")
  void aKeyHolder_atEveryMoment(String mode, Moment moment) throws Exception {
    assertFinished(run(mode, 3, Identities.KEY_HOLDER, moment, Then.STARTED_AGAIN), 3);
  }

  static Stream<Arguments> keyHoldersAtEveryMoment() {
    return Stream.of("key-holder", "ckks", "paillier")
        .flatMap(mode ->
            Stream.of(
                    Moment.CONNECTED,
                    Moment.KEY_GIVEN,
                    Moment.ROUND_OPENED,
                    Moment.SHARES_CHECKED,
                    Moment.COHORT_SIGNED,
                    Moment.SUM_REVEALED,
                    Moment.SUM_OPENED,
                    Moment.MODEL_MADE,
                    Moment.ROUND_COMPLETED)
                .map(moment -> Arguments.of(mode, moment)));
  }

  private static void assertFinished(RunResult result, int clients) {
    assertThat(result.reason()).isEmpty();
    assertThat(result.rounds())
        .hasSize(ROUNDS)
        .allSatisfy(round -> assertThat(round.actual()).hasSizeGreaterThanOrEqualTo(clients));
  }

  private RunResult run(String mode, int clients, String victim, Moment moment, Then then)
      throws Exception {
    federation.encryption(mode);
    federation.serverWords(
        Map.of("n_round_clients", clients, "rounds", ROUNDS, "segment_parameters", 10_000));
    Path config = federation.of("coordinator").resolve("server.json");
    List<Cifer> lives = new ArrayList<>();
    List<Future<Ending>> others = new ArrayList<>();
    RunResult result;
    try (ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory());
        FedServer server = FedServer.fromConfig(config)) {
      federation.port(server.port());
      server.listener(event -> {
        if (lives.size() == 1 && moment.is(event, victim)) {
          kill(lives.getFirst());
          lives.add(lives.getFirst());
          if (then == Then.STARTED_AGAIN) {
            lives.set(1, start(victim));
          }
        }
      });
      lives.add(start(victim));
      for (int i = 1; i <= clients; i++) {
        if (!victim.equals("client-" + i)) {
          others.add(threads.submit(inThisProcess("client-" + i)));
        }
      }
      result = server.run();
      for (Future<Ending> other : others) {
        assertThat(other.get(30, TimeUnit.SECONDS).reason()).isEmpty();
      }
    }
    assertThat(lives).as("the moment came").hasSize(2);
    if (then == Then.STARTED_AGAIN) {
      // Where it comes back only after the last round there may be nobody left to ask.
      assertThat(lives.getLast().exitCode())
          .as(lives.getLast()::report)
          .isIn(moment == Moment.ROUND_COMPLETED ? Set.of(0, UNREACHABLE) : Set.of(0));
    }
    return result;
  }

  private Callable<Ending> inThisProcess(String client) throws IOException {
    federation.clientWords(client, Map.of(), Map.of());
    Path config = federation.of(client).resolve("config.json");
    return () -> CiferClient.fromConfig(config).run();
  }

  private Cifer start(String victim) {
    try {
      return victim.equals(Identities.KEY_HOLDER)
          ? federation.keyHolder()
          : federation.client(victim, Map.of());
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
  }

  private static void kill(Cifer victim) {
    victim.kill();
    try {
      victim.exitCode();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
