package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rounds before training that measure constants of preprocessing: in every mode, when somebody
/// leaves, when there are too few.
@Timeout(120)
class StatisticsRoundsTest {

  private static final String STEPS =
      """
      [{"step": "impute-mean", "columns": ["age"], "low": 0, "high": 100},
       {"step": "standardize", "columns": ["income", "debt"], "low": -1, "high": 1}]
      """;

  @TempDir Path folder;

  private final List<RunEvent> events = new CopyOnWriteArrayList<>();
  private final Map<String, Exception> failures = new ConcurrentHashMap<>();

  /// @param data of the clients
  private RunResult run(
      Map<String, String> keys,
      List<String> data,
      BiConsumer<FederationFixture, RunEvent> onEvent,
      String clientKMin)
      throws Exception {
    Map<String, String> all = new HashMap<>(keys);
    all.put("preprocessing", STEPS);
    all.put("n_round_clients", String.valueOf(data.size()));
    String encryption = all.computeIfAbsent("encryption", key -> "secure-aggregation");
    try (FederationFixture federation = new FederationFixture(folder);
        FedServer server = federation.server("coordinator", all)) {
      server.listener(event -> onEvent.accept(federation, event));
      if (encryption.equals("key-holder")) {
        federation.keyHolder("keys", server.port(), Map.of());
      }
      for (int i = 0; i < data.size(); i++) {
        federation.client(
            "client-" + i,
            server.port(),
            data.get(i),
            Map.of("encryption", encryption, "k_min", clientKMin));
      }
      RunResult result = server.run();
      federation.join();
      events.addAll(federation.events);
      failures.putAll(federation.failures);
      return result;
    }
  }

  private static JsonNode steps(RunResult result) throws Exception {
    return new JsonMapper()
        .readTree(Files.readString(result.folder().resolve("preprocessing.json")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"secure-aggregation", "key-holder", "none"})
  void constantsAreMeasuredBeforeTraining(String encryption) throws Exception {
    RunResult result =
        run(
            Map.of("encryption", encryption),
            List.of("100", "200", "300", "400"),
            (federation, event) -> {},
            "3");
    assertThat(result.reason()).isEmpty();
    // The mean of examples / 1000, weighted by examples.
    double scaled = 0.3;
    JsonNode impute = steps(result).get(0);
    assertThat(impute.get("means").get(0).asDouble()).isCloseTo(50 + 50 * scaled, within(1e-3));
    JsonNode standardize = steps(result).get(1);
    assertThat(standardize.get("means").get(1).asDouble()).isCloseTo(scaled, within(1e-4));
    assertThat(standardize.get("deviations").get(0).asDouble())
        .isCloseTo(2 * Math.sqrt(scaled), within(1e-4));
    // Two waves; the rounds of training have the numbers after them.
    assertThat(result.rounds()).extracting(RoundSummary::round).containsExactly(3, 4);
    assertThat(events)
        .contains(
            new RunEvent.Measuring(2, List.of("impute-mean", "standardize")),
            new RunEvent.Measured(1, 4, 4),
            new RunEvent.Measured(2, 4, 4));
    assertThat(result.folder().resolve("work")).doesNotExist();
    assertThat(failures).isEmpty();
  }

  @Tag("slow") // The others wait for it.
  @Test
  void aClientThatEndsWhileTheyAreMeasured_isLeftOut() throws Exception {
    boolean[] ended = {false};
    RunResult result =
        run(
            Map.of("patience", "4"),
            List.of("100", "200", "300", "400"),
            (federation, event) -> {
              if (event instanceof RunEvent.RoundOpened && !ended[0]) {
                ended[0] = true;
                federation.end("client-3");
              }
            },
            "3");
    assertThat(result.reason()).isEmpty();
    // Whether it sent everything in the moment before is not said.
    double without = (100 * 0.1 + 200 * 0.2 + 300 * 0.3) / 600;
    assertThat(steps(result).get(0).get("means").get(0).asDouble())
        .satisfiesAnyOf(
            mean -> assertThat(mean).isCloseTo(50 + 50 * without, within(1e-3)),
            mean -> assertThat(mean).isCloseTo(50 + 50 * 0.3, within(1e-3)));
    assertThat(events).contains(new RunEvent.Measured(2, 3, 3));
    assertThat(result.rounds()).hasSize(2);
  }

  @Test
  void aClientWhoseDataDoNotFit_leaves_andItsReasonStaysWithIt() throws Exception {
    RunResult result =
        run(
            Map.of(),
            List.of("100", "200", "300", "400 unmeasured"),
            (federation, event) -> {},
            "3");
    assertThat(result.reason()).isEmpty();
    assertThat(failures.get("client-3")).hasMessage("patients.csv: no column age");
    assertThat(events)
        .contains(
            new RunEvent.Advanced(1, new RoundEvent.ClientWithdrew("client-3", "training failed")),
            new RunEvent.Measured(1, 4, 3));
  }

  /// Its owner wants no columns measured; what others measured it trains with.
  @Test
  void aClientThatRefusesStatistics_isNotInThem_andTrains() throws Exception {
    try (FederationFixture federation = new FederationFixture(folder);
        FedServer server = federation.server("coordinator", Map.of("preprocessing", STEPS))) {
      for (int i = 0; i < 4; i++) {
        federation.client(
            "client-" + i, server.port(), "100", i == 3 ? Map.of("statistics", "false") : Map.of());
      }
      RunResult result = server.run();
      federation.join();
      assertThat(result.reason()).isEmpty();
      assertThat(federation.events)
          .contains(
              new RunEvent.Advanced(
                  1,
                  new RoundEvent.ClientWithdrew(
                      "client-3",
                      "statistics: round 1 measures columns (expected: none, as this participant"
                          + " demands; with all constants in preprocessing none is needed)")),
              new RunEvent.Measured(1, 4, 3),
              new RunEvent.Measured(2, 4, 3));
      assertThat(result.rounds())
          .hasSize(2)
          .allSatisfy(round -> assertThat(round.actual()).contains("client-3"));
    }
  }

  @Test
  void fewerThanAClientsOwnMinimum_areRefusedByIt() throws Exception {
    RunResult result = run(Map.of(), List.of("100", "200", "300"), (federation, event) -> {}, "4");
    assertThat(result.reason()).isPresent();
    assertThat(result.reason().get().getMessage()).contains("k_min: 3 (expected: >= 4");
    assertThat(result.folder().resolve("preprocessing.json")).doesNotExist();
    assertThat(events).noneMatch(RunEvent.Measured.class::isInstance);
  }
}
