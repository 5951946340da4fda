package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.CiferClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Real processes, one of which has a fault in a phase of round 2. The run completes by itself, and
/// a table says how.
class FaultMatrixSystemTest {
  private static final int ROUNDS = 3;
  private static final Duration LISTENS = Duration.ofSeconds(60);

  /// Of the coordinator, in seconds; participants have more, since they wait for a coordinator that
  /// starts again.
  private static final int PATIENCE = 5;

  private static final List<String> TABLE = new ArrayList<>();

  @RegisterExtension final Federation federation = new Federation();

  private enum Victim {
    COORDINATOR("coordinator"),
    CLIENT("client-1"),
    KEY_HOLDER(Identities.KEY_HOLDER);

    private final String process;

    Victim(String process) {
      this.process = process;
    }
  }

  private enum Fault {
    KILLED,
    STOPPED_SHORT,
    STOPPED_LONG,
    RESET,
    HALF_OPEN,
    SLOW
  }

  /// The event that is in the log when the phase begins.
  private enum Phase {
    GATHERING("helper_ready"),
    TRAINING("round_opened"),
    UPLOADING("segment_stored"),
    CERTIFYING("shares_checked"),
    REVEALING("cohort_signed"),
    OPENING("sum_revealed");

    private final String event;

    Phase(String event) {
      this.event = event;
    }
  }

  static Stream<Arguments> some() {
    return Stream.of(
        Arguments.of(Victim.COORDINATOR, Fault.STOPPED_SHORT, Phase.UPLOADING),
        Arguments.of(Victim.CLIENT, Fault.STOPPED_LONG, Phase.TRAINING),
        Arguments.of(Victim.CLIENT, Fault.RESET, Phase.UPLOADING),
        Arguments.of(Victim.CLIENT, Fault.HALF_OPEN, Phase.CERTIFYING),
        Arguments.of(Victim.KEY_HOLDER, Fault.RESET, Phase.REVEALING));
  }

  static Stream<Arguments> all() {
    return Stream.of(Victim.values())
        .flatMap(victim ->
            Stream.of(Fault.values())
                .flatMap(fault ->
                    Stream.of(Phase.values()).map(phase -> Arguments.of(victim, fault, phase))));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("some")
  void theRunCompletes(Victim victim, Fault fault, Phase phase) throws Exception {
    run(victim, fault, phase);
  }

  @Tag("full")
  @ParameterizedTest
  @MethodSource("all")
  void theRunCompletes_everywhere(Victim victim, Fault fault, Phase phase) throws Exception {
    run(victim, fault, phase);
  }

  @AfterAll
  static void print() {
    System.out.println(
        String.format("%-12s %-14s %-11s %8s  %s", "who", "fault", "phase", "seconds", "outcome"));
    TABLE.forEach(System.out::println);
  }

  private void run(Victim victim, Fault fault, Phase phase) throws Exception {
    federation.encryption(victim == Victim.KEY_HOLDER ? "key-holder" : "secure-aggregation");
    long begun = System.nanoTime();
    Map<String, Object> keys =
        new HashMap<>(Map.of("rounds", ROUNDS, "segment_parameters", 10_000, "patience", PATIENCE));
    List<Cifer> coordinators = new ArrayList<>();
    coordinators.add(coordinator(keys));
    int direct = federation.port();
    try (Relay relay = Relay.to(direct);
        ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      // A bad network of the coordinator is one of everybody.
      federation.port(victim == Victim.COORDINATOR ? relay.port() : direct);
      List<Future<String>> others = others(victim, threads);
      List<Cifer> victims = new ArrayList<>();
      federation.port(relay.port());
      if (victim != Victim.COORDINATOR) {
        victims.add(start(victim));
      }
      federation.awaitEvent(phase.event, event -> event.path("round").asInt() == 2);
      Cifer process = victim == Victim.COORDINATOR ? coordinators.getFirst() : victims.getFirst();
      switch (fault) {
        case KILLED -> {
          process.kill();
          process.exitCode();
          if (victim == Victim.COORDINATOR) {
            keys.put("port", direct);
            coordinators.add(coordinator(keys));
          } else {
            victims.add(start(victim));
          }
        }
        case STOPPED_SHORT -> stop(process, Duration.ofSeconds(PATIENCE).dividedBy(2));
        case STOPPED_LONG -> stop(process, Duration.ofSeconds(PATIENCE).multipliedBy(2));
        case RESET -> relay.reset();
        case HALF_OPEN -> {
          relay.weather(Relay.Weather.DEAD);
          pass(Duration.ofSeconds(PATIENCE).multipliedBy(2));
          relay.weather(Relay.Weather.FAIR);
          relay.reset();
        }
        case SLOW -> relay.weather(Relay.Weather.SLOW);
      }
      assertThat(coordinators.getLast().exitCode()).as(coordinators.getLast()::report).isZero();
      for (Future<String> other : others) {
        assertThat(other.get(60, TimeUnit.SECONDS)).isEmpty();
      }
    }
    long voided = federation.events("round_voided").size();
    assertThat(federation.events("round_completed")).hasSizeGreaterThanOrEqualTo(ROUNDS);
    TABLE.add(
        "%-12s %-14s %-11s %8.1f  %s"
            .formatted(
                victim.process,
                fault,
                phase,
                (System.nanoTime() - begun) / 1e9,
                federation.plannedAndActual() + (voided == 0 ? "" : ", void rounds: " + voided)));
  }

  private static void stop(Cifer process, Duration time) throws Exception {
    process.signal("STOP");
    pass(time);
    process.signal("CONT");
  }

  /// Time is what these faults are made of.
  private static void pass(Duration time) throws InterruptedException {
    new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Cifer coordinator(Map<String, Object> keys) throws IOException {
    Path portFile = federation.folder().resolve("port");
    Files.deleteIfExists(portFile);
    Cifer coordinator =
        federation.start(
            "coordinator",
            Cifer.small(96),
            federation.serverWords(keys, "--port-file", portFile.toString()));
    Wait.until(
        "the coordinator listens", LISTENS, () -> Files.exists(portFile) || !coordinator.isAlive());
    assertThat(coordinator.isAlive()).as(coordinator::report).isTrue();
    federation.port(Integer.parseInt(Files.readString(portFile)));
    return coordinator;
  }

  private List<Future<String>> others(Victim victim, ExecutorService threads) throws IOException {
    List<Future<String>> others = new ArrayList<>();
    for (int i = victim == Victim.CLIENT ? 2 : 1; i <= 4; i++) {
      String client = "client-" + i;
      federation.clientWords(client, Map.of("examples", 100 + 37 * i), Map.of("patience", 60));
      Path config = federation.of(client).resolve("config.json");
      others.add(threads.submit(() -> CiferClient.fromConfig(config).run().reason()));
    }
    return others;
  }

  private Cifer start(Victim victim) throws IOException {
    return victim == Victim.CLIENT
        ? federation.client(victim.process, Map.of("examples", 137), Map.of("patience", 60))
        : federation.start(
            victim.process, Cifer.small(64), federation.keyHolderWords(Map.of("patience", 60)));
  }
}
