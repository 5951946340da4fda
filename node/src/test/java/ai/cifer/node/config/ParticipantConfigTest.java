package ai.cifer.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.HelperTrust;
import ai.cifer.secagg.round.RoundPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Clients and key holders.
class ParticipantConfigTest {

  /// Exactly as DESIGN gives the gRPC form.
  private static final Map<String, String> METHOD_A =
      Map.of(
          "ip_address", "\"https://localhost\"",
          "port", "5000",
          "n_round_clients", "2",
          "use_homomorphic", "true",
          "use_secure", "true",
          "certfile", "\"certificate.pem\"",
          "keyfile", "\"private_key.pem\"");

  @TempDir Path folder;

  @Test
  void aClientThatSaysLittle_demandsEncryptionAndThreeClients() throws Exception {
    assertThat(ConfigText.in(folder).client())
        .isEqualTo(
            new ClientConfig(
                new Address("https", "localhost", 5000, Optional.empty()),
                credentials(),
                new Demands(
                    EncryptionMode.SECURE_AGGREGATION,
                    3,
                    HelperTrust.MALICIOUS_THIRD,
                    1,
                    RoundPolicy.allParameters(),
                    Optional.empty(),
                    true,
                    0,
                    OptionalLong.empty()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new TrainerChoice("djl", folder, Map.of("PATH", System.getenv("PATH"))),
                Duration.ofSeconds(60),
                OptionalLong.empty(),
                folder.resolve("state"),
                false,
                Map.of()));
  }

  @Test
  void aKeyHolderThatSaysLittle_opensNoSumOfFewerThanThree() throws Exception {
    assertThat(ConfigText.in(folder).keyHolder())
        .isEqualTo(
            new KeyHolderConfig(
                new Address("https", "localhost", 5000, Optional.empty()),
                credentials(),
                EncryptionMode.KEY_HOLDER,
                3,
                Duration.ofSeconds(60),
                folder.resolve("state"),
                Map.of()));
  }

  @Test
  void methodA_isAFileOfEveryRole() throws Exception {
    ConfigText text = new ConfigText(folder.resolve("config.json"), METHOD_A);
    ServerConfig server = text.server();
    assertThat(server.address())
        .isEqualTo(new Address("https", "localhost", 5000, Optional.empty()));
    assertThat(server.roundClients()).isEqualTo(2);
    assertThat(server.minClients()).isEqualTo(2);
    assertThat(server.encryption()).isEqualTo(EncryptionMode.SECURE_AGGREGATION);
    assertThat(text.client().demands().encryption()).isEqualTo(EncryptionMode.SECURE_AGGREGATION);
    assertThat(text.client().demands().kMin()).isEqualTo(3);
    assertThat(text.keyHolder().kMin()).isEqualTo(3);
    assertThat(text.with("k_min", "2").client().demands().kMin()).isEqualTo(2);
    assertThat(text.with("k_min", "2").keyHolder().kMin()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "k_min           | 1          | 2 to 4096",
        "k_min           | 4097       | 2 to 4096",
        "n_round_clients | \"two\"    | an integer",
        "patience        | 0          | a number > 0 in the range of float32",
        "state_path      | 3          | text",
        "port            | 0          | 1 to 65535",
        "use_homomorphic | \"on\"     | true or false",
        "encryption      | \"aes\"    | one of none, key-holder, secure-aggregation, ckks, paillier",
        "encoded_client_id | \"Ä\"   | base64",
      })
  void bothRoles_refuseTheSameValues(String key, String json, String expected) {
    ConfigText text = ConfigText.in(folder).with(key, json);
    String message = "%s: %s (expected: %s)".formatted(key, json, expected);
    assertThat(text.refusal(text::client)).isEqualTo(message);
    assertThat(text.refusal(text::keyHolder)).isEqualTo(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "seed         | 0.5      | an integer",
        "allow_rerun  | \"no\"   | true or false",
        "dataset_path | false    | text",
        "model_path   | 1        | text",
        "trainer      | null     | text",
      })
  void whatOnlyAClientSays_isChecked(String key, String json, String expected) {
    ConfigText text = ConfigText.in(folder).with(key, json);
    assertThat(text.refusal(text::client))
        .isEqualTo("%s: %s (expected: %s)".formatted(key, json, expected));
    assertThat(text.refusal(text::keyHolder)).startsWith("unknown key " + key);
  }

  @Test
  void valuesOfAClientArrive() throws Exception {
    ClientConfig config =
        ConfigText.in(folder)
            .with("k_min", "5")
            .with("dataset_path", "\"hospital.npz\"")
            .with("model_path", "\"model.npz\"")
            .with("trainer", "\"mine\"")
            .with("patience", "1.25")
            .with("seed", "-3")
            .with("state_path", "\"/var/cifer\"")
            .with("allow_rerun", "true")
            .with("encoded_company_id", "\"Q2jDonRlYXU=\"")
            .client();
    assertThat(config.demands().kMin()).isEqualTo(5);
    assertThat(config.dataset()).contains(folder.resolve("hospital.npz"));
    assertThat(config.model()).contains(folder.resolve("model.npz"));
    assertThat(config.trainer().words()).isEqualTo("mine");
    assertThat(config.patience()).isEqualTo(Duration.ofMillis(1250));
    assertThat(config.seed()).hasValue(-3);
    assertThat(config.state()).isEqualTo(Path.of("/var/cifer"));
    assertThat(config.allowRerun()).isTrue();
    assertThat(config.ids()).isEqualTo(Map.of("encoded_company_id", "Château"));
  }

  @Test
  void homomorphicAndEncryption_mustNotContradictEachOther() throws Exception {
    ConfigText text = ConfigText.in(folder);
    assertThat(text.with("use_homomorphic", "false").client().demands().encryption())
        .isEqualTo(EncryptionMode.NONE);
    assertThat(text.with("encryption", "\"none\"").client().demands().encryption())
        .isEqualTo(EncryptionMode.NONE);
    assertThat(text.with("use_homomorphic", "true").client().demands().encryption())
        .isEqualTo(EncryptionMode.SECURE_AGGREGATION);
    ConfigText same = text.with("use_homomorphic", "true").with("encryption", "\"key-holder\"");
    assertThat(same.client().demands().encryption()).isEqualTo(EncryptionMode.KEY_HOLDER);

    ConfigText on = text.with("use_homomorphic", "true").with("encryption", "\"none\"");
    ConfigText off = text.with("use_homomorphic", "false").with("encryption", "\"key-holder\"");
    String expected = " (expected: only one of them, or both the same)";
    assertThat(on.refusal(on::server))
        .isEqualTo("use_homomorphic: true contradicts encryption: none" + expected);
    assertThat(off.refusal(off::client))
        .isEqualTo("use_homomorphic: false contradicts encryption: key-holder" + expected);
  }

  @Test
  void aKeyHolderOfAnUnencryptedRun_isAMistake() {
    ConfigText text = ConfigText.in(folder).with("use_homomorphic", "false");
    assertThat(text.refusal(text::keyHolder))
        .isEqualTo(
            "encryption: none (expected: key-holder, ckks or paillier; without encryption there is nothing to open)");
    ConfigText helped = ConfigText.in(folder).with("encryption", "\"secure-aggregation\"");
    assertThat(helped.refusal(helped::keyHolder))
        .isEqualTo(
            "encryption: secure-aggregation (expected: key-holder, ckks or paillier; the clients open sums themselves)");
  }

  private Credentials credentials() {
    return new Credentials(
        folder.resolve("certificate.pem"),
        folder.resolve("private_key.pem"),
        folder.resolve("ca.pem"),
        false,
        Optional.empty());
  }
}
