package ai.cifer.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.node.NodeException;
import ai.cifer.node.Plugins;
import ai.cifer.node.RunResult;
import ai.cifer.node.config.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whole simulations with a trainer that computes nothing.
@Timeout(120)
class SimulationTest {

  private static final int CLIENTS = 12;
  private static final int PER_ROUND = 5;

  @TempDir Path folder;

  private final List<Path> data = new ArrayList<>();

  @BeforeEach
  void federation() throws Exception {
    ModelLayout layout = new ModelLayout(List.of(new TensorSpec("w", List.of(500))));
    Path model = folder.resolve("model.safetensors");
    try (Tensors zeros = Tensors.allocate(layout)) {
      Plugins.format(model).write(new GlobalModel("drift", zeros), model);
    }
    for (int i = 0; i < CLIENTS; i++) {
      data.add(Files.writeString(folder.resolve("data-" + i), String.valueOf(10 + i)));
    }
  }

  private SimulationPlan plan(String run, Failures failures, Map<String, String> keys)
      throws NodeException {
    Map<String, String> all = new HashMap<>();
    all.put("n_round_clients", String.valueOf(PER_ROUND));
    all.put("min_clients", "3");
    all.put("k_min", "2");
    all.put("rounds", "3");
    all.put("trainer", "drift");
    all.put("clip", "0.1");
    all.put("model_path", folder.resolve("model.safetensors").toString());
    all.put("runs_path", folder.resolve("runs").toString());
    all.put("run_id", run);
    all.putAll(keys);
    return new SimulationPlan(
        ServerConfig.withoutNetwork(Optional.empty(), all),
        data,
        failures,
        2,
        folder.resolve("state-" + run));
  }

  private RunResult run(String run, Failures failures, Map<String, String> keys) throws Exception {
    RunResult result = Simulation.of(plan(run, failures, keys)).run();
    assertThat(result.reason()).isEmpty();
    return result;
  }

  private static String model(RunResult result) {
    return result.rounds().getLast().modelDigest();
  }

  @Test
  void theSameSeed_givesTheSameModel_encryptedOrNot_andAnotherSeedAnotherOne() throws Exception {
    DriftTrainerProvider.MOST_TRAINING.set(0);
    RunResult first = run("first", Failures.NONE, Map.of());
    RunResult again = run("again", Failures.NONE, Map.of());
    RunResult open = run("open", Failures.NONE, Map.of("encryption", "none", "quantise", "true"));
    RunResult other = run("other", Failures.NONE, Map.of("seed", "2"));
    assertThat(model(again)).isEqualTo(model(first));
    assertThat(model(open)).isEqualTo(model(first));
    assertThat(model(other)).isNotEqualTo(model(first));
    Set<List<String>> samples = new HashSet<>();
    for (RoundSummary round : first.rounds()) {
      assertThat(round.planned()).hasSize(PER_ROUND);
      assertThat(round.actual()).isEqualTo(round.planned());
      samples.add(round.planned());
    }
    assertThat(samples).as("each round draws anew").hasSize(3);
    assertThat(DriftTrainerProvider.MOST_TRAINING.get()).isBetween(1, 2);
  }

  @Test
  @Tag("slow")
  void whatHappensToClients_isWhatTheirFateSays() throws Exception {
    Failures failures = new Failures(0.2, Delays.of("uniform:0,10"), 9);
    Map<String, String> keys =
        Map.of("rounds", "6", "n_round_clients", "10", "threshold", "majority");
    RunResult first = run("first", failures, keys);
    RunResult again = run("again", failures, keys);
    assertThat(model(again)).isEqualTo(model(first));
    Map<Integer, JsonNode> samples = samples(first);
    Set<String> fates = new HashSet<>();
    for (RoundSummary round : first.rounds()) {
      JsonNode clients = Objects.requireNonNull(samples.get(round.round())).path("clients");
      Set<String> drawn = new TreeSet<>(clients.propertyNames());
      assertThat(round.planned()).containsExactlyElementsOf(drawn);
      drawn.removeIf(name -> {
        String fate = clients.path(name).path("fate").asString();
        fates.add(fate);
        return !Set.of("stays", "after-sending").contains(fate);
      });
      assertThat(round.actual()).containsExactlyElementsOf(drawn);
    }
    assertThat(fates)
        .as("all of them happened")
        .containsExactlyInAnyOrder(
            "stays", "before-training", "while-sending", "after-sending", "late");
  }

  private static Map<Integer, JsonNode> samples(RunResult result) throws Exception {
    Map<Integer, JsonNode> samples = new HashMap<>();
    for (String line : Files.readAllLines(result.folder().resolve("simulation.jsonl"))) {
      JsonNode node = JsonMapper.shared().readTree(line);
      samples.put(node.path("round").asInt(0), node);
    }
    assertThat(Objects.requireNonNull(samples.get(0)).path("clients").asInt()).isEqualTo(CLIENTS);
    return samples;
  }

  @Test
  @Tag("slow")
  void whatAClientRemembers_itRemembersInItsNextRound() throws Exception {
    Map<String, String> scaffold =
        Map.of("strategy", "scaffold", "rounds", "4", "n_round_clients", "12", "batch_size", "4");
    assertThat(model(run("first", Failures.NONE, scaffold)))
        .isEqualTo(model(run("again", Failures.NONE, scaffold)));
  }

  @Test
  void aClientThatCannotWork_endsTheSimulation() throws Exception {
    for (Path file : data) {
      Files.writeString(file, "nothing");
    }
    assertThatThrownBy(() -> run("broken", Failures.NONE, Map.of()))
        .isInstanceOf(NodeException.class)
        .hasMessageContaining("in round 1: dataset: nothing (expected: a number)");
  }

  @Test
  void whatCannotBeSimulated_isRefused() throws Exception {
    refused(
        Map.of("n_round_clients", "13"),
        "n_round_clients: 13 (expected: <= 12, the clients that are simulated)");
    refused(Map.of("encryption", "ckks"), "encryption: ckks (expected: secure-aggregation or none");
    Files.createDirectories(folder.resolve("runs").resolve("there"));
    refused(Map.of("run_id", "there"), "run_id: run there exists already");
  }

  private void refused(Map<String, String> keys, String message) throws NodeException {
    SimulationPlan plan = plan("refused", Failures.NONE, keys);
    assertThatThrownBy(() -> Simulation.of(plan))
        .isInstanceOf(NodeException.class)
        .hasMessageStartingWith(message);
  }
}
