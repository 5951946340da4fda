package ai.cifer.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.secagg.plan.ClipRule;
import ai.cifer.secagg.plan.ClipTable;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.plan.Profile;
import ai.cifer.secagg.round.HelperTrust;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerConfigTest {

  @TempDir Path folder;

  @Test
  void whatTheFileDoesNotSay_hasADefault() throws Exception {
    ServerConfig config = ConfigText.in(folder).server();

    assertThat(config)
        .isEqualTo(
            new ServerConfig(
                new Address("https", "localhost", 5000, Optional.empty()),
                new Credentials(
                    folder.resolve("certificate.pem"),
                    folder.resolve("private_key.pem"),
                    folder.resolve("ca.pem"),
                    false,
                    Optional.empty()),
                4,
                3,
                10,
                EncryptionMode.SECURE_AGGREGATION,
                false,
                HelperTrust.MALICIOUS_THIRD,
                Profile.USUAL,
                ClipRule.fixed(ClipTable.uniform(1)),
                new StrategyConfig("fedavg", Map.of(), Optional.empty(), Optional.empty()),
                0.05,
                32,
                1,
                TrainOptions.DEFAULT,
                false,
                Optional.empty(),
                Preprocessing.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new TrainerChoice("djl", folder, Map.of("PATH", System.getenv("PATH"))),
                Duration.ofSeconds(60),
                Optional.empty(),
                1,
                folder.resolve("runs"),
                Optional.empty(),
                config.segmentParameters(),
                (1 << 20) - 1,
                3,
                false,
                OptionalInt.empty(),
                Map.of()));
    assertThat(4 * config.segmentParameters()).as("64 MiB of float32").isEqualTo(64L << 20);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "n_round_clients    | 0                | 1 to 1024",
        "n_round_clients    | 1025             | 1 to 1024",
        "n_round_clients    | 2.5              | an integer",
        "n_round_clients    | \"4\"            | an integer",
        "n_round_clients    | true             | an integer",
        "n_round_clients    | null             | an integer",
        "n_round_clients    | 9999999999999999999999 | an integer",
        "min_clients        | 0                | 1 to 4",
        "min_clients        | 5                | 1 to 4",
        "k_min              | 0                | 1 to 4",
        "k_min              | 5                | 1 to 4",
        "rounds             | 0                | 1 to 1000000",
        "rounds             | 1000001          | 1 to 1000000",
        "encryption         | \"aes\"          | one of none, key-holder, secure-aggregation, ckks, paillier",
        "encryption         | \"KEY-HOLDER\"   | one of none, key-holder, secure-aggregation, ckks, paillier",
        "use_homomorphic    | 1                | true or false",
        "use_homomorphic    | \"true\"         | true or false",
        "use_secure         | \"yes\"          | true or false",
        "quantise           | 0                | true or false",
        "clip               | 0                | a number > 0 in the range of float32",
        "clip               | -1               | a number > 0 in the range of float32",
        "clip               | 1.0E-60          | a number > 0 in the range of float32",
        "clip               | 1.0E300          | a number > 0 in the range of float32",
        "clip               | \"1\"            | a number > 0 in the range of float32",
        "threshold          | \"half\"         | one of two-thirds, majority",
        "threshold          | 3                | text",
        "learning_rate      | 0                | a number > 0 in the range of float32",
        "batch_size         | 0                | 1 to 1048576",
        "batch_size         | 1048577          | 1 to 1048576",
        "local_epochs       | 0                | 1 to 1000",
        "local_epochs       | 1001             | 1 to 1000",
        "optimiser          | \"lbfgs\"        | one of sgd, adam, adamw",
        "momentum           | 1.0              | >= 0, < 1",
        "weight_decay       | -1.0             | >= 0",
        "loss               | \"hinge\"        | one of auto, cross-entropy, mean-squared-error, mean-absolute-error",
        "gradient_clip      | \"1\"            | a number",
        "class_weights      | 3                | a list of numbers, one a class",
        "proximal           | -0.5             | >= 0",
        "early_stop         | -1               | 0 to 1000",
        "buffers            | \"lost\"         | one of shared, local, local-layers",
        "strategy           | 7                | text",
        "strategy_settings  | 7                | {\"name\": number, ...}",
        "strategy_settings  | {\"a\":\"b\"}        | a number for a",
        "stop               | true             | { \"key\": value, ... }",
        "trainer            | \"\"             | text",
        "trainer            | 7                | text",
        "dataset_path       | \" \"            | text",
        "model_path         | [\"a\"]          | text",
        "hub_address        | \"hub\"          | an address such as https://hub.example.org",
        "github_address     | \"file:///x\"    | an address such as https://hub.example.org",
        "patience           | 0                | a number > 0 in the range of float32",
        "patience           | 0.01             | 0.1 to 3.1536E7 seconds",
        "patience           | 1.0E20           | 0.1 to 3.1536E7 seconds",
        "seed               | 1.5              | an integer",
        "run_id             | \"../elsewhere\" | 1 to 64 letters, digits, '.', '_' or '-', the first no '.'",
        "run_id             | \"a b\"          | 1 to 64 letters, digits, '.', '_' or '-', the first no '.'",
        "run_id             | \".hidden\"      | 1 to 64 letters, digits, '.', '_' or '-', the first no '.'",
        "weight_cap         | 1048576          | 1 to 1048575",
        "segment_parameters | 0                | 1 to %d",
        "encoded_project_id | \"%%%\"          | base64",
        "port               | -1               | 0 to 65535",
        "port               | 65536            | 0 to 65535",
        "port               | \"5000\"         | an integer",
      })
  void aValueOutOfRange_isNamedWithWhatWasExpected(String key, String json, String expected) {
    ConfigText text = ConfigText.in(folder).with(key, json);
    assertThat(text.refusal(text::server))
        .isEqualTo(
            "%s: %s (expected: %s)"
                .formatted(
                    key,
                    json,
                    expected.replace(
                        "%d",
                        String.valueOf(
                            ai.cifer.secagg.plan.AggregationPlan.MAX_SEGMENT_PARAMETERS))));
  }

  @ParameterizedTest
  @CsvSource({"base_api", "n_round_clients", "certfile", "keyfile"})
  void aMissingKey_isNamed(String key) {
    ConfigText text = ConfigText.in(folder).without(key);
    assertThat(text.refusal(text::server)).isEqualTo(key + " is missing (expected: set)");
  }

  /// PROTOCOL 2.6: at least three, and at least half of the clients of a round.
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 3", "4, 3", "6, 3", "7, 4", "10, 5", "256, 128"})
  void fewestClients_areThreeOrHalf_unlessSaid(int clients, int expected) throws Exception {
    ServerConfig config =
        ConfigText.in(folder)
            .with("n_round_clients", String.valueOf(clients))
            .with("encryption", "\"key-holder\"")
            .server();
    assertThat(config.minClients()).isEqualTo(expected);
  }

  @Test
  void moreClientsHaveAnotherProfile_orAnotherMode() throws Exception {
    assertThat(ConfigText.in(folder).with("n_round_clients", "1024").server().weightCap())
        .isEqualTo((1 << 17) - 1);
    ConfigText many =
        ConfigText.in(folder).with("n_round_clients", "257").with("encryption", "\"ckks\"");
    assertThat(many.refusal(many::server))
        .isEqualTo(
            "n_round_clients: 257 (expected: <= 256 with encryption: ckks; or encryption:"
                + " secure-aggregation)");
  }

  @Test
  void minClients_isNotBelowKMin() throws Exception {
    ConfigText two = ConfigText.in(folder).with("min_clients", "2");
    assertThat(two.refusal(two::server))
        .isEqualTo("min_clients: 2 (expected: >= k_min, which is 3)");
    assertThat(two.with("k_min", "2").server().minClients()).isEqualTo(2);
    assertThat(ConfigText.in(folder).with("k_min", "4").server().minClients()).isEqualTo(4);
    assertThat(ConfigText.in(folder).with("min_clients", "4").server().minClients()).isEqualTo(4);
  }

  @Test
  void valuesArrive() throws Exception {
    ServerConfig config =
        ConfigText.in(folder)
            .with("rounds", "3")
            .with("encryption", "\"none\"")
            .with("quantise", "true")
            .with("clip", "0.5")
            .with("strategy", "\"fedavg\"")
            .with("learning_rate", "1")
            .with("batch_size", "8")
            .with("local_epochs", "2")
            .with("dataset_path", "\"data/test.npz\"")
            .with("model_path", "\"/models/m.npz\"")
            .with("trainer", "\"mine\"")
            .with("patience", "0.5")
            .with("seed", "-9223372036854775808")
            .with("runs_path", "\"../runs\"")
            .with("run_id", "\"a.1_B-2\"")
            .with("segment_parameters", "9000")
            .with("cafile", "\"trust/ca.pem\"")
            .server();
    assertThat(config.rounds()).isEqualTo(3);
    assertThat(config.encryption()).isEqualTo(EncryptionMode.NONE);
    assertThat(config.quantise()).isTrue();
    assertThat(config.clip()).isEqualTo(ClipRule.fixed(ClipTable.uniform(0.5f)));
    assertThat(config.learningRate()).isEqualTo(1.0);
    assertThat(config.batchSize()).isEqualTo(8);
    assertThat(config.localEpochs()).isEqualTo(2);
    assertThat(config.dataset()).contains(folder.resolve("data/test.npz"));
    assertThat(config.model()).contains(new ModelPlace.Local(Path.of("/models/m.npz")));
    assertThat(config.trainer().words()).isEqualTo("mine");
    assertThat(config.patience()).isEqualTo(Duration.ofMillis(500));
    assertThat(config.seed()).isEqualTo(Long.MIN_VALUE);
    assertThat(config.runs()).isEqualTo(folder.resolveSibling("runs"));
    assertThat(config.run()).contains("a.1_B-2");
    assertThat(config.segmentParameters()).isEqualTo(9000);
    assertThat(config.credentials().authority()).isEqualTo(folder.resolve("trust/ca.pem"));
  }

  @Test
  void aProfile_carriesSoManyClientsInThisMode() throws Exception {
    ConfigText dense = ConfigText.in(folder).with("profile", "\"K2_N64\"");
    ServerConfig config = dense.with("threshold", "\"majority\"").server();
    assertThat(config.profile()).isEqualTo(Profile.named("K2_N64"));
    assertThat(config.weightCap()).isEqualTo((1 << 22) - 1);
    assertThat(config.trust()).isEqualTo(HelperTrust.HONEST);
    ConfigText many = dense.with("n_round_clients", "65").with("encryption", "\"key-holder\"");
    assertThat(many.refusal(many::server))
        .isEqualTo("n_round_clients: 65 (expected: <= 64 with profile: K2_N64)");
    ConfigText wide = ConfigText.in(folder).with("profile", "\"K2_HIFI\"");
    ConfigText ckks = wide.with("encryption", "\"ckks\"");
    assertThat(ckks.refusal(ckks::server))
        .isEqualTo(
            "profile: K2_HIFI (expected: at most 256 clients and sums of 28 bits with encryption:"
                + " ckks)");
    ConfigText unknown = ConfigText.in(folder).with("profile", "\"K3\"");
    assertThat(unknown.refusal(unknown::server))
        .startsWith("profile: \"K3\" (expected: one of K2_");
  }
}
