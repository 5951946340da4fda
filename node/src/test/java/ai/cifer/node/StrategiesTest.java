package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.privacy.RenyiAccountant;
import ai.cifer.fedlearn.train.ClientFigures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Strategies in whole runs: chosen by the configuration, with what they remember.
@Timeout(120)
class StrategiesTest {

  @TempDir Path folder;

  private RunResult run(String coordinator, Map<String, String> keys, String lastClientsData)
      throws Exception {
    try (FederationFixture federation = new FederationFixture(folder.resolve(coordinator));
        FedServer server = federation.server(coordinator, keys)) {
      Map<String, String> clientKeys =
          Map.of("encryption", keys.getOrDefault("encryption", "secure-aggregation"));
      for (int i = 0; i < 4; i++) {
        federation.client(
            "client-" + i, server.port(), i == 3 ? lastClientsData : "50", clientKeys);
      }
      RunResult result = server.run();
      events = List.copyOf(federation.events);
      return result;
    }
  }

  private List<RunEvent> events = List.of();

  private static Map<String, String> keys(String... pairs) {
    Map<String, String> keys = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      keys.put(pairs[i], pairs[i + 1]);
    }
    return keys;
  }

  @Test
  void whatAStrategyRemembers_goesIntoTheNextRound_encryptedOrNot() throws Exception {
    RunResult encrypted = run("coordinator-1", keys("strategy", "fedavgm", "rounds", "3"), "50");
    RunResult plain =
        run(
            "coordinator-2",
            keys("strategy", "fedavgm", "rounds", "3", "encryption", "none", "quantise", "true"),
            "50");
    RunResult forgetful =
        run(
            "coordinator-3",
            keys("strategy", "fedavg", "rounds", "3", "encryption", "none", "quantise", "true"),
            "50");

    assertThat(encrypted.reason()).isEmpty();
    assertThat(digests(encrypted)).isEqualTo(digests(plain));
    // Nothing is remembered before the first round, so that FedAvg does the same in it.
    assertThat(digests(plain).getFirst()).isEqualTo(digests(forgetful).getFirst());
    assertThat(digests(plain).get(1)).isNotEqualTo(digests(forgetful).get(1));
    assertThat(encrypted.folder().resolve("work")).doesNotExist();
  }

  /// With vectors and numbers beside the change, guides beside the model, and what clients
  /// remember.
  @ParameterizedTest
  @ValueSource(strings = {"scaffold", "qfedavg"})
  void whatTravelsBesideTheModel_isInTheSameSum_encryptedOrNot(String strategy) throws Exception {
    RunResult encrypted = run("coordinator-1", keys("strategy", strategy), "50");
    RunResult plain =
        run(
            "coordinator-2",
            keys("strategy", strategy, "encryption", "none", "quantise", "true"),
            "50");
    assertThat(encrypted.reason()).isEmpty();
    assertThat(digests(encrypted)).isEqualTo(digests(plain));
    assertThat(encrypted.rounds().getFirst().onClients()).isEmpty();
    long model = 4 * 15_050;
    long sent = encrypted.rounds().getFirst().uploadBytes();
    long fetched = encrypted.rounds().getFirst().downloadBytes();
    if (strategy.equals("scaffold")) {
      assertThat(sent).isGreaterThan(2 * model);
      assertThat(fetched).isEqualTo(2 * model);
      assertThat(remembered("coordinator-1", "client-0")).containsExactly("control.f32");
    } else {
      assertThat(fetched).isEqualTo(model);
      assertThat(folder.resolve("coordinator-1/client-0/state/memory")).doesNotExist();
    }
  }

  private List<String> remembered(String federation, String client) throws Exception {
    Path memory = folder.resolve(federation).resolve(client).resolve("state/memory");
    try (Stream<Path> files = Files.walk(memory)) {
      return files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void clientsMeasureTheModelThatTheyGet_andOnlyTheMeanIsOpened() throws Exception {
    RunResult measured =
        run("coordinator-1", keys("evaluate_clients", "true", "strategy", "fednova"), "50");

    assertThat(measured.reason()).isEmpty();
    ClientFigures figures = measured.rounds().getFirst().onClients().orElseThrow();
    assertThat(figures.loss()).as("of the initial model").isCloseTo(1.25, within(1e-3));
    assertThat(figures.accuracy()).isCloseTo(0, within(1e-5));
    assertThat(figures.spread()).isCloseTo(0, within(2e-3));
  }

  /// Epsilon as the accountant has it for that noise; noise is not fixed by a seed.
  @Test
  void aRunWithDifferentialPrivacy_saysWhatItSpent_roundForRound() throws Exception {
    String privacy = "{\"clip_norm\": 1, \"noise_multiplier\": 2}";
    RunResult one = run("coordinator-1", keys("privacy", privacy, "rounds", "2"), "50");
    RunResult other = run("coordinator-2", keys("privacy", privacy, "rounds", "1"), "50");
    assertThat(one.reason()).isEmpty();
    for (RoundSummary round : one.rounds()) {
      assertThat(round.privacy())
          .contains(
              new RoundSummary.Spent(RenyiAccountant.epsilon(2, 1, round.round(), 1e-5), 1e-5));
    }
    assertThat(digests(one)).doesNotContainAnyElementsOf(digests(other));
  }

  private static List<String> digests(RunResult result) {
    return result.rounds().stream().map(RoundSummary::modelDigest).toList();
  }

  @Test
  void theMedianOfUnencryptedUpdates_withstandsWhatSpoilsTheMean() throws Exception {
    double honest =
        loss(run("coordinator-1", keys("strategy", "fedavg", "encryption", "none"), "50"));
    double spoilt =
        loss(run("coordinator-2", keys("strategy", "fedavg", "encryption", "none"), "50 huge"));
    double robust =
        loss(
            run(
                "coordinator-3",
                keys("strategy", "coordinate_median", "encryption", "none"),
                "50 huge"));
    assertThat(spoilt).isGreaterThan(100 * honest);
    assertThat(robust).isLessThan(2 * honest);
  }

  private static double loss(RunResult result) {
    assertThat(result.reason()).isEmpty();
    return result.rounds().getLast().metrics().orElseThrow().loss();
  }

  @Test
  void aClassOfTheUsersOwn_isUsed_andMayEndTheRun() throws Exception {
    RunResult result =
        run(
            "coordinator",
            keys(
                "strategy",
                "ai.cifer.node.OwnStrategy",
                "strategy_settings",
                "{\"length\": 0.5}",
                "rounds",
                "9"),
            "50");
    assertThat(result.reason()).isEmpty();
    assertThat(result.rounds()).hasSize(3);
    // Each of the values moved by half a step for each round, up or down.
    assertThat(loss(result)).isBetween(0.5 * 15_050, 3 * 0.5 * 15_050);
    assertThat(events).contains(new RunEvent.StoppedEarly(3, "strategy own ends the run"));
  }

  @Test
  void aRunEnds_whenTheModelDoesNotGetBetter() throws Exception {
    RunResult result =
        run(
            "coordinator",
            keys("rounds", "9", "stop", "{\"metric\": \"accuracy\", \"patience\": 2}"),
            "50");
    // The accuracy of these trainers is 0 always, and the first figure is the best so far.
    assertThat(result.rounds()).hasSize(3);
    assertThat(events)
        .contains(new RunEvent.StoppedEarly(3, "accuracy did not get better in 2 rounds"));
  }
}
