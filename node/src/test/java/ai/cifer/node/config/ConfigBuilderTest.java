package ai.cifer.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.node.NodeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Whatever the file can say, the builder can say.
class ConfigBuilderTest {

  /// A value of every key, none of them the default. `base_api` and `ip_address` exclude each
  /// other, and so do `privacy` and `clip`.
  private static final Map<String, Object> SAMPLES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("base_api", "https://fl.example.org"),
              Map.entry("ip_address", "https://10.1.2.3"),
              Map.entry("port", 7001L),
              Map.entry("use_secure", true),
              Map.entry("certfile", "/a/certificate.pem"),
              Map.entry("keyfile", "/a/private_key.pem"),
              Map.entry("cafile", "/b/ca.pem"),
              Map.entry("identify_by", "signature"),
              Map.entry("proxy_certfile", "/p/proxy.pem"),
              Map.entry("proxy", "http://proxy.example.org:3128"),
              Map.entry("metrics_port", 9464L),
              Map.entry("encoded_project_id", "cHJvamVjdA=="),
              Map.entry("encoded_company_id", "Y29tcGFueQ=="),
              Map.entry("encoded_client_id", "Y2xpZW50"),
              Map.entry("n_round_clients", 9L),
              Map.entry("min_clients", 8L),
              Map.entry("k_min", 7L),
              Map.entry("rounds", 2L),
              Map.entry("encryption", "key-holder"),
              Map.entry("use_homomorphic", true),
              Map.entry("quantise", true),
              Map.entry("clip", Map.of("*", 0.25)),
              Map.entry("max_clip", 2.0),
              Map.entry("min_examples", 7L),
              Map.entry("min_noise_multiplier", 0.75),
              Map.entry(
                  "privacy", new TreeMap<>(Map.of("clip_norm", 0.5, "noise_multiplier", 1.25))),
              Map.entry("statistics", false),
              Map.entry("threshold", "majority"),
              Map.entry("t_min", 2L),
              Map.entry("profile", "K2_N64"),
              Map.entry("profiles", List.of("K2_N64", "K2_N256")),
              Map.entry("preprocessing", new Preprocessing(List.of(new Preprocessing.Flatten()))),
              Map.entry("strategy", "fedavg"),
              Map.entry("strategy_settings", new TreeMap<>(Map.of("server_learning_rate", 0.5))),
              Map.entry("strategy_jar", "/j/own.jar"),
              Map.entry("stop", new TreeMap<>(Map.of("metric", "loss", "patience", 3))),
              Map.entry("optimiser", "adamw"),
              Map.entry("momentum", 0.5),
              Map.entry("weight_decay", 0.01),
              Map.entry("loss", "cross-entropy"),
              Map.entry("gradient_clip", 1.5),
              Map.entry("class_weights", new double[] {1.0, 2.5}),
              Map.entry("proximal", 0.1),
              Map.entry("early_stop", 2L),
              Map.entry("buffers", "local-layers"),
              Map.entry("local", List.of("head.*")),
              Map.entry("accumulate", true),
              Map.entry("evaluate_clients", true),
              Map.entry("graph_path", "/m/graph.pt"),
              Map.entry("learning_rate", 0.5),
              Map.entry("batch_size", 16L),
              Map.entry("local_epochs", 3L),
              Map.entry("dataset_path", "/d/data.npz"),
              Map.entry("model_path", "/m/model.npz"),
              Map.entry("trainer", "mine"),
              Map.entry("trainer_folder", "/t"),
              Map.entry("trainer_environment", "PATH,COLOUR=red"),
              Map.entry("max_attempts", 2L),
              Map.entry("partial_rounds", true),
              Map.entry("models_path", "/c"),
              Map.entry("hub_address", "https://hub.example.org"),
              Map.entry("github_address", "https://git.example.org"),
              Map.entry("patience", 2.5),
              Map.entry("round_limit", 3600.5),
              Map.entry("seed", -5L),
              Map.entry("runs_path", "/r"),
              Map.entry("run_id", "first"),
              Map.entry("segment_parameters", 1000L),
              Map.entry("weight_cap", 500L),
              Map.entry("state_path", "/s"),
              Map.entry("allow_rerun", true)));

  @TempDir Path folder;

  @Test
  void server() throws Exception {
    for (String excluded : List.of("privacy", "clip")) {
      Set<String> keys = serverKeysWithout(excluded);
      assertThat(built(ServerConfig.builder(), keys))
          .as("without %s", excluded)
          .isEqualTo(ServerConfig.read(written(keys), Map.of()));
    }
  }

  @Test
  void client() throws Exception {
    assertThat(built(ClientConfig.builder(), ClientConfig.KEYS))
        .isEqualTo(ClientConfig.read(written(ClientConfig.KEYS), Map.of()));
  }

  @Test
  void keyHolder() throws Exception {
    assertThat(built(KeyHolderConfig.builder(), KeyHolderConfig.KEYS))
        .isEqualTo(KeyHolderConfig.read(written(KeyHolderConfig.KEYS), Map.of()));
  }

  @Test
  void everyKeyHasASample() {
    Set<String> all = Keys.union(ServerConfig.KEYS, ClientConfig.KEYS, KeyHolderConfig.KEYS);
    assertThat(SAMPLES.keySet()).containsExactlyElementsOf(all);
  }

  @Test
  void relativePathsBeginAtTheWorkingDirectory() throws Exception {
    KeyHolderConfig config =
        KeyHolderConfig.builder()
            .set("base_api", "https://localhost")
            .set("certfile", Path.of("certificate.pem"))
            .set("keyfile", "keys/private_key.pem")
            .build();
    Path here = Path.of("").toAbsolutePath();
    assertThat(config.credentials().certificate()).isEqualTo(here.resolve("certificate.pem"));
    assertThat(config.credentials().key()).isEqualTo(here.resolve("keys/private_key.pem"));
  }

  @Test
  void theBuilderRefusesWhatTheFileRefuses() {
    assertThatThrownBy(() -> ServerConfig.builder().set("n_round_client", 4).build())
        .isInstanceOf(NodeException.class)
        .hasMessage("configuration: unknown key n_round_client (did you mean n_round_clients?)");
    assertThatThrownBy(() -> ServerConfig.builder().set("n_round_clients", 0).build())
        .isInstanceOf(NodeException.class)
        .hasMessage("configuration: n_round_clients: 0 (expected: 1 to 1024)");
    assertThatThrownBy(
            () -> ClientConfig.builder().set("patience", Double.NaN).set("k_min", 3).build())
        .isInstanceOf(NodeException.class);
    assertThatThrownBy(() -> KeyHolderConfig.builder().build())
        .isInstanceOf(NodeException.class)
        .hasMessage("configuration: base_api is missing (expected: set)");
  }

  @Test
  void theLastValueOfAKeyCounts() throws Exception {
    Set<String> keys = serverKeysWithout("clip");
    assertThat(built(ServerConfig.builder().set("rounds", 99), keys).rounds()).isEqualTo(2);
  }

  private static Set<String> serverKeysWithout(String excluded) {
    Set<String> keys = new TreeSet<>(ServerConfig.KEYS);
    keys.remove(excluded);
    return keys;
  }

  private static <C> C built(ConfigBuilder<C> builder, Set<String> keys) throws NodeException {
    for (String key : keys) {
      if (key.equals("base_api")) {
        continue;
      }
      switch (SAMPLES.get(key)) {
        case String text -> builder.set(key, text);
        case Long number -> builder.set(key, (long) number);
        case Double number -> builder.set(key, (double) number);
        case Boolean flag -> builder.set(key, (boolean) flag);
        case List<?> words -> builder.set(key, words.stream().map(String::valueOf).toList());
        case Preprocessing steps -> builder.set(key, steps);
        case Map<?, ?> object -> {
          Map<String, Object> named = new TreeMap<>();
          object.forEach((name, value) -> named.put(name.toString(), value));
          builder.set(key, named);
        }
        case double[] numbers -> builder.set(key, numbers);
        case null, default -> throw new AssertionError("no sample of " + key);
      }
    }
    return builder.build();
  }

  private static final JsonMapper JSON = new JsonMapper();

  private Path written(Set<String> keys) throws Exception {
    Map<String, String> values = new TreeMap<>();
    for (String key : keys) {
      if (!key.equals("base_api")) {
        Object sample = SAMPLES.get(key);
        values.put(
            key,
            sample instanceof Preprocessing steps
                ? PreprocessingSettings.json(steps).toString()
                : JSON.writeValueAsString(sample));
      }
    }
    return new ConfigText(folder.resolve("config.json"), values).write();
  }
}
