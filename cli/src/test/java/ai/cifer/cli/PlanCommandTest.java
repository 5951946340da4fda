package ai.cifer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.plan.PlanDocument;
import ai.cifer.cli.terminal.Captured;
import ai.cifer.fedlearn.privacy.RenyiAccountant;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PlanCommandTest {
  @TempDir Path folder;
  private Path config = Path.of("");

  @BeforeEach
  void configure() throws Exception {
    config =
        Files.writeString(
            folder.resolve("server.json"),
            """
            {"base_api": "https://localhost", "n_round_clients": 16, "certfile": "c.pem",
             "keyfile": "k.pem", "model_path": "model.safetensors", "weight_cap": 1000,
             "clip": {"*.bias": 0.5, "*": 1.0}}
            """);
    Captured made = Captured.file();
    assertThat(
            Cifer.run(
                made.terminal(),
                "model",
                "init",
                "--out",
                folder.resolve("model.safetensors").toString()))
        .isZero();
  }

  private JsonNode plan(String... more) {
    Captured captured = Captured.file();
    String[] words = {"plan", config.toString(), "--no-times", "--format", "json"};
    String[] all = java.util.Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    assertThat(Cifer.run(captured.terminal(), all)).as(captured.err()).isZero();
    return JsonMapper.shared().readTree(captured.out());
  }

  private static JsonNode mode(JsonNode plan, String name) {
    for (JsonNode mode : plan.get("modes")) {
      if (mode.get("encryption").asString().equals(name)) {
        return mode;
      }
    }
    throw new AssertionError("no mode " + name);
  }

  @Test
  void everyModeIsThere_andThoseWhoWouldNotRunSayWhy() {
    JsonNode plan = plan("--set", "n_round_clients=300", "--set", "encryption=key-holder");
    assertThat(mode(plan, "key-holder").get("configured").asBoolean()).isTrue();
    for (String name : new String[] {"ckks", "paillier"}) {
      assertThat(mode(plan, name).get("refused").asString())
          .startsWith("n_round_clients: 300 (expected: <= 256 with encryption: " + name);
    }
    for (String name : new String[] {"none", "key-holder", "secure-aggregation"}) {
      assertThat(mode(plan, name).get("refused")).as(name).isNull();
      assertThat(mode(plan, name).get("bytes").get("client_up").asLong()).isGreaterThan(200_000);
    }
    JsonNode fewer = plan("--set", "n_round_clients=64", "--set", "encryption=key-holder");
    assertThat(mode(fewer, "paillier").get("most_parameters").asLong()).isLessThan(1_000_000_000L);
  }

  /// PROTOCOL 2.6: 16 helpers, t = 11, five may be gone.
  @Test
  void thresholdsAndSmallClients_areThoseOfTheConfiguration() {
    JsonNode plan = plan("--examples", "4000,500,125");
    JsonNode helpers = mode(plan, "secure-aggregation").get("helpers");
    assertThat(helpers.get("needed").asInt()).isEqualTo(11);
    assertThat(helpers.get("may_be_gone").asInt()).isEqualTo(5);
    assertThat(helpers.get("majority").get("needed").asInt()).isEqualTo(9);
    assertThat(plan.get("round").get("weight_cap").asInt()).as("weight_cap").isEqualTo(1000);
    assertThat(plan.get("small_clients").get(0).get("lost_bits").asDouble()).isZero();
    assertThat(plan.get("small_clients").get(1).get("lost_bits").asDouble()).isEqualTo(1);
    assertThat(plan.get("small_clients").get(2).get("left_bits").asDouble()).isEqualTo(17);
    double meanWeight = (1 + 0.5 + 0.125) / 3;
    JsonNode weight = plan.get("tensors").get(0);
    assertThat(weight.get("clip").asDouble()).isEqualTo(1);
    assertThat(weight.get("worst_error").asDouble())
        .isEqualTo(1 / (Math.pow(2, 19) - 1) / meanWeight);
    assertThat(plan.get("tensors").get(1).get("clip").asDouble()).isEqualTo(0.5);
    assertThat(plan.get("accuracy").get("worst").asDouble())
        .isEqualTo(weight.get("worst_error").asDouble());
  }

  /// What is lost silently is found late.
  @ParameterizedTest
  @CsvSource({"images.h5, '', batch_normalization/", "state.pt, graph.pt, norm.running_"})
  void buffersAreNamed_andWhatBecomesOfThem(String model, String graph, String prefix)
      throws Exception {
    Path fixtures =
        Path.of("../training/src/test/resources/fixtures/models").toAbsolutePath().normalize();
    String[] settings = {"--set", "clip=1", "--set", "model_path=" + fixtures.resolve(model)};
    if (!graph.isEmpty()) {
      settings = words(settings, "--set", "graph_path=" + fixtures.resolve(graph));
    }
    JsonNode shared = plan(settings);
    assertThat(shared.get("buffers").asString()).isEqualTo("shared");
    assertThat(shared.get("buffer_tensors").size()).isEqualTo(2);
    assertThat(shared.get("buffer_tensors").get(0).asString()).startsWith(prefix);
    Captured local = Captured.file();
    String[] people = words(new String[] {"plan", config.toString(), "--no-times"}, settings);
    assertThat(Cifer.run(local.terminal(), words(people, "--set", "buffers=local"))).isZero();
    assertThat(local.out())
        .contains("each client keeps its own, not in the sum: " + prefix)
        .contains(" tensors, but for those that each client keeps");
  }

  private static String[] words(String[] first, String... more) {
    return java.util.stream.Stream.concat(
            java.util.Arrays.stream(first), java.util.Arrays.stream(more))
        .toArray(String[]::new);
  }

  @Test
  void differentialPrivacy_saysWhatTheRunWillSpend() throws Exception {
    String said =
        Files.readString(config)
            .replace(
                "\"clip\": {\"*.bias\": 0.5, \"*\": 1.0}",
                "\"rounds\": 10,"
                    + "\"privacy\": {\"clip_norm\": 0.5, \"noise_multiplier\": 2, \"honest\": 4}");
    Files.writeString(config, said);
    JsonNode privacy = plan().get("privacy");
    assertThat(privacy.get("scope").asString()).isEqualTo("central");
    assertThat(privacy.get("epsilon").asDouble())
        .isEqualTo(RenyiAccountant.epsilon(2, 1, 10, 1e-5));
    // 16 clients, each 2 * 0.5 / sqrt(4).
    assertThat(privacy.get("mean_deviation").asDouble()).isEqualTo(0.5 / 4);
    Captured captured = Captured.file();
    assertThat(Cifer.run(captured.terminal(), "plan", config.toString(), "--no-times")).isZero();
    assertThat(captured.out())
        .contains("Differential privacy against whoever sees sums and models")
        .contains("epsilon 8.08 in 10 rounds")
        .contains("enough if 4 clients of every sum are honest");
  }

  /// As the coordinator would, before a run is planned that cannot begin.
  @Test
  void aStrategyThatMustSeeSingleUpdates_isRefusedUnderEncryption_withTheCure() {
    Captured captured = Captured.file();
    int code =
        Cifer.run(
            captured.terminal(), "plan", config.toString(), "--no-times", "--set", "strategy=krum");
    assertThat(code).isEqualTo(ExitCode.CONFIG_INVALID.number());
    assertThat(captured.err())
        .contains("strategy: krum needs to see single updates, but encryption: secure-aggregation")
        .contains("expected: \"encryption\": \"none\"");
    JsonNode plan = plan("--set", "strategy=krum", "--set", "encryption=none");
    assertThat(plan.get("encryption").asString()).isEqualTo("none");
  }

  /// Above 32 clients all draw who helps, and 32 of them do.
  @Test
  void ofManyClients_allDraw_andThirtyTwoHelp() {
    JsonNode bytes = mode(plan("--set", "n_round_clients=100"), "secure-aggregation").get("bytes");
    long sent = bytes.get("client_up").asLong() - bytes.get("helper_up").asLong();
    assertThat(sent - bytes.get("update").asLong())
        .as("hello, commitment, opening")
        .isBetween(1_500L, 2_500L);
    assertThat(bytes.get("coordinator_down").asLong())
        .isEqualTo(100 * sent + 32 * bytes.get("helper_up").asLong());
  }

  @Test
  void whatIsMeasuredBeforeTraining_isThereWithItsErrors() {
    String steps =
        """
        preprocessing=[{"step": "impute-mean", "columns": ["age"], "low": 0, "high": 120},
         {"step": "standardize", "columns": ["age"], "low": 0, "high": 120}]
        """;
    JsonNode statistics = plan("--set", steps).get("statistics");
    assertThat(statistics.get("rounds").asInt()).isEqualTo(3);
    JsonNode impute = statistics.get("steps").get(0);
    double error = 2 / (Math.pow(2, 19) - 1);
    assertThat(impute.get("mean_error").asDouble())
        .isCloseTo(60 * error / (1 - error), within(1e-12));
    assertThat(impute.get("least_deviation")).isNull();
    JsonNode standardize = statistics.get("steps").get(1);
    assertThat(standardize.get("columns").get(0).asString()).isEqualTo("age");
    assertThat(standardize.get("least_deviation").asDouble()).isEqualTo(60.0 / 256);
    assertThat(plan().get("statistics")).isNull();

    Captured captured = Captured.file();
    assertThat(
            Cifer.run(captured.terminal(), "plan", config.toString(), "--no-times", "--set", steps))
        .isZero();
    assertThat(captured.out())
        .contains("Statistics over all participants, 3 rounds before training", "constant below");
  }

  @Test
  void whatAStrategyHasTravelBesideTheModel_isCounted() {
    JsonNode plain = plan();
    JsonNode scaffold = plan("--set", "strategy=scaffold");
    assertThat(scaffold.get("strategy").get("vectors").asInt()).isEqualTo(1);
    assertThat(scaffold.get("round").get("weight_cap").asInt()).as("all alike").isEqualTo(1);
    for (String mode : List.of("none", "secure-aggregation")) {
      JsonNode one = mode(plain, mode).get("bytes");
      JsonNode two = mode(scaffold, mode).get("bytes");
      assertThat(two.get("update").asLong()).isGreaterThan(one.get("update").asLong());
      assertThat(two.get("client_down").asLong() - one.get("client_down").asLong())
          .isGreaterThanOrEqualTo(plain.get("model").get("float32_bytes").asLong());
    }
  }

  @Test
  void thePageDescribesEveryField() throws Exception {
    Set<String> described = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("..", "docs", "reference-plan.md"))) {
      if (line.startsWith("| `")) {
        described.add(line.substring(3, line.indexOf('`', 3)));
      }
    }
    Set<String> fields = new TreeSet<>();
    collect(PlanDocument.class, "", fields);
    assertThat(described).containsExactlyElementsOf(fields);
  }

  private static void collect(Class<?> type, String prefix, Set<String> fields) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name =
          prefix + component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
      Type inner =
          component.getGenericType() instanceof ParameterizedType list
              ? list.getActualTypeArguments()[0]
              : component.getType();
      String item = component.getType().equals(java.util.List.class) ? "[]" : "";
      if (inner instanceof Class<?> record && record.isRecord()) {
        collect(record, name + item + ".", fields);
      } else {
        fields.add(name);
      }
    }
  }

  @Tag("slow") // It measures.
  @Test
  void thePlanForPeople_namesModesLimitsAndTensors() {
    Captured captured = Captured.file();
    assertThat(Cifer.run(captured.terminal(), "plan", config.toString())).isZero();
    assertThat(captured.out())
        .contains("secure-aggregation *", "the largest model, values", "conv1.bias", "0.5000")
        .contains("the key holder, which opens it, and the coordinator")
        .contains("of key-holder, secure-aggregation: lattice-estimator")
        .contains("\"threshold\": \"majority\"")
        .contains("Computing: measured on this machine, one thread.")
        .doesNotContain("NaN", "null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "clipp=1            | 10 | unknown key clipp (did you mean clip?)",
        "clip={\"fc9\": 1}  | 10 | clip: fc9 (expected: the name of a tensor",
        "clip={\"fc1*\": 1} | 10 | clip: none for tensor conv1.weight",
        "preprocessing=[{\"step\": \"standardize\", \"low\": 0, \"high\": 1}] | 10 | standardize without columns",
        "rounds=0           | 10 | rounds: 0 (expected: 1 to 1000000)",
        "model_path=no.npz  | 32 | no.npz",
      })
  void aMistakeIsNamedWithItsKey(String setting, int code, String message) {
    Captured captured = Captured.file();
    assertThat(
            Cifer.run(
                captured.terminal(), "plan", config.toString(), "--no-times", "--set", setting))
        .as(captured.err())
        .isEqualTo(code);
    assertThat(captured.err()).contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"--mbit|0", "--mbit|x", "--examples|0", "--examples|1.5"})
  void anOptionOutOfRange_isNamed(String option, String value) {
    Captured captured = Captured.file();
    assertThat(Cifer.run(captured.terminal(), "plan", config.toString(), option, value))
        .isEqualTo(2);
    assertThat(captured.err()).contains(option);
  }
}
