package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.CiferClient;
import ai.cifer.node.KeyHolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The coordinator is killed with SIGKILL at a moment of a run of three rounds and started again
/// with the same command. The run goes on by itself, and its model is that of an undisturbed run,
/// bit for bit.
class CoordinatorKilledSystemTest {
  private static final int ROUNDS = 3;
  private static final int KILLED = 137;
  private static final Duration LISTENS = Duration.ofSeconds(60);

  /// What undisturbed runs gave, by mode and strategy.
  private static final Map<String, byte[]> UNDISTURBED = new ConcurrentHashMap<>();

  @RegisterExtension final Federation federation = new Federation();

  /// Each moment once, the modes and strategies by turns; two moments where one of its kind may be
  /// on the disk and the next one not. Where updates have left, strategies whose clients remember
  /// what they sent.
  static Stream<Arguments> everyMoment() {
    return Stream.of(
        Arguments.of(CoordinatorMoment.RUN_STARTED, 1, "none", "fedavg"),
        Arguments.of(CoordinatorMoment.CLIENT_READY, 2, "secure-aggregation", "fedavg"),
        Arguments.of(CoordinatorMoment.ROUND_OPENED, 1, "secure-aggregation", "fedadam"),
        Arguments.of(CoordinatorMoment.TRAINED, 2, "secure-aggregation", "fedavg"),
        Arguments.of(CoordinatorMoment.SEGMENT_STORED, 4, "secure-aggregation", "fedyogi"),
        Arguments.of(CoordinatorMoment.SEGMENT_STORED, 2, "none", "coordinate_median"),
        Arguments.of(CoordinatorMoment.SHARES_CHECKED, 3, "secure-aggregation", "fedavg"),
        Arguments.of(CoordinatorMoment.COHORT_SIGNED, 2, "secure-aggregation", "fedadam"),
        Arguments.of(CoordinatorMoment.SUM_REVEALED, 1, "ckks", "fedavg"),
        Arguments.of(CoordinatorMoment.SUM_REVEALED, 2, "secure-aggregation", "fedavg"),
        Arguments.of(CoordinatorMoment.SEGMENT_OPENED, 2, "secure-aggregation", "fedadam"),
        Arguments.of(CoordinatorMoment.MODEL_APPLIED, 1, "secure-aggregation", "scaffold"),
        Arguments.of(CoordinatorMoment.ROUND_COMPLETED, 1, "none", "feddyn"));
  }

  static Stream<Arguments> everyMomentOfEveryMode() {
    return Stream.of("none", "secure-aggregation", "key-holder", "ckks", "paillier")
        .flatMap(mode ->
            Stream.of(CoordinatorMoment.values())
                .filter(moment -> comes(moment, mode))
                .flatMap(moment ->
                    Stream.of("fedavg", "fedadam")
                        .map(strategy -> Arguments.of(moment, 1, mode, strategy))));
  }

  /// Whether it comes with four clients.
  private static boolean comes(CoordinatorMoment moment, String mode) {
    return switch (moment) {
      case COMMITTED, BEACON_OPENED, SEGMENT_ABANDONED -> false;
      case SHARES_CHECKED, COHORT_SIGNED, SUM_REVEALED -> !mode.equals("none");
      default -> true;
    };
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("everyMoment")
  void theRunGoesOn_andItsModelIsTheSame(
      CoordinatorMoment moment, int times, String mode, String strategy) throws Exception {
    assertSame(moment, times, mode, strategy);
  }

  @Tag("full")
  @ParameterizedTest
  @MethodSource("everyMomentOfEveryMode")
  void theRunGoesOn_inEveryMode(CoordinatorMoment moment, int times, String mode, String strategy)
      throws Exception {
    assertSame(moment, times, mode, strategy);
  }

  private void assertSame(CoordinatorMoment moment, int times, String mode, String strategy)
      throws Exception {
    String kind = mode + " " + strategy;
    if (!UNDISTURBED.containsKey(kind)) {
      UNDISTURBED.put(kind, run(mode, strategy, "undisturbed", List.of()));
    }
    byte[] model = run(mode, strategy, "killed", List.of(moment.name(), Integer.toString(times)));
    assertThat(model).isEqualTo(UNDISTURBED.get(kind));
  }

  /// @param death when the coordinator is killed, if it is
  /// @return the model
  private byte[] run(String mode, String strategy, String run, List<String> death)
      throws Exception {
    federation.encryption(mode);
    Map<String, Object> keys =
        new HashMap<>(
            Map.of(
                "rounds", ROUNDS,
                "segment_parameters", 10_000,
                "clip", 0.05,
                "strategy", strategy,
                "run_id", run));
    Path portFile = federation.folder().resolve("port-" + run);
    List<String> words = federation.serverWords(keys, "--port-file", portFile.toString());
    Cifer first;
    if (death.isEmpty()) {
      first = federation.start("coordinator-" + run, Cifer.small(96), words);
    } else {
      List<String> dying = new ArrayList<>(List.of(words.get(2), portFile.toString()));
      dying.addAll(death);
      first = federation.start("dying", DyingCoordinator.class, dying);
    }
    awaitPort(first, portFile);
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      List<Future<String>> endings = participants(threads, mode);
      if (!death.isEmpty()) {
        assertThat(first.exitCode()).as(first::report).isEqualTo(KILLED);
        Files.delete(portFile);
        keys.put("port", federation.port());
        Cifer second =
            federation.start(
                "again",
                Cifer.small(96),
                federation.serverWords(keys, "--port-file", portFile.toString()));
        assertThat(second.exitCode()).as(second::report).isZero();
      } else {
        assertThat(first.exitCode()).as(first::report).isZero();
      }
      for (Future<String> ending : endings) {
        assertThat(ending.get(30, TimeUnit.SECONDS)).isEmpty();
      }
    }
    return Files.readAllBytes(
        federation.of("coordinator").resolve("runs").resolve(run).resolve("model.safetensors"));
  }

  private void awaitPort(Cifer coordinator, Path portFile) throws IOException {
    Wait.until(
        "the coordinator listens", LISTENS, () -> Files.exists(portFile) || !coordinator.isAlive());
    assertThat(coordinator.isAlive()).as(coordinator::report).isTrue();
    federation.port(Integer.parseInt(Files.readString(portFile)));
  }

  private List<Future<String>> participants(ExecutorService threads, String mode)
      throws IOException {
    List<Future<String>> endings = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      String client = "client-" + i;
      federation.clientWords(
          client, Map.of("examples", 100 + 37 * i), Map.of("allow_rerun", true, "patience", 30));
      Path config = federation.of(client).resolve("config.json");
      endings.add(threads.submit(() -> CiferClient.fromConfig(config).run().reason()));
    }
    if (mode.equals("key-holder") || mode.equals("ckks") || mode.equals("paillier")) {
      federation.keyHolderWords(Map.of("patience", 30));
      Path config = federation.of(Identities.KEY_HOLDER).resolve("key-holder.json");
      endings.add(threads.submit(() -> KeyHolder.fromConfig(config).run().reason()));
    }
    return endings;
  }
}
