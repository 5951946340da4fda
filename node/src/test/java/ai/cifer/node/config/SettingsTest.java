package ai.cifer.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The file itself, unknown keys, and what the command line lays over it.
class SettingsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "n_round_client, n_round_clients",
    "prot, port",
    "Port, port",
    "cert_file, certfile",
    "use_homomorfic, use_homomorphic",
    "learningRate, learning_rate",
    "min_client, min_clients",
  })
  void aMisspeltKey_isToldTheNearest(String wrong, String right) {
    ConfigText text = ConfigText.in(folder).with(wrong, "1");
    assertThat(text.refusal(text::server))
        .isEqualTo("unknown key %s (did you mean %s?)".formatted(wrong, right));
  }

  @Test
  void aKeyLikeNoOther_isToldAll() {
    ConfigText text = ConfigText.in(folder).with("zzzzzzzz", "1");
    assertThat(text.refusal(text::keyHolder))
        .startsWith("unknown key zzzzzzzz (known: base_api, cafile, certfile, encoded_client_id,");
  }

  @Test
  void aKeyThatComesTwice_isRefused() throws Exception {
    Path file =
        Files.writeString(folder.resolve("config.json"), "{\"port\": 5000,\n \"port\": 5001}");
    assertThatThrownBy(() -> ClientConfig.read(file, Map.of()))
        .isInstanceOf(NodeException.class)
        .hasMessageStartingWith(file + ": not valid JSON: ")
        .hasMessageContaining("port")
        .hasMessageContaining("line 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1]                   | not a JSON object",
        "5                     | not a JSON object",
        "``                    | not a JSON object",
        "{                     | not valid JSON",
        "{\"port\": }          | not valid JSON",
        "{} {}                 | not valid JSON",
        "{/* comment */}        | not valid JSON",
      })
  void whatIsNoJsonObject_isRefused(String content, String expected) throws Exception {
    Path file = Files.writeString(folder.resolve("config.json"), content);
    assertThatThrownBy(() -> ClientConfig.read(file, Map.of()))
        .isInstanceOfSatisfying(
            NodeException.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.CONFIG_INVALID))
        .hasMessageStartingWith(file + ": " + expected);
  }

  @Test
  void aFileThatCannotBeRead_isNamed() throws Exception {
    Path missing = folder.resolve("missing.json");
    assertUnreadable(missing, "no such file; name it with --config FILE");
    assertUnreadable(Files.createDirectory(folder.resolve("folder")), "cannot be read");
    Path large = folder.resolve("model.npz");
    Files.write(large, new byte[(1 << 20) + 1]);
    assertUnreadable(large, "1048577 bytes (expected: a JSON file of at most 1048576)");
  }

  private static void assertUnreadable(Path file, String message) {
    assertThatThrownBy(() -> ServerConfig.read(file, Map.of()))
        .isInstanceOfSatisfying(
            NodeException.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.CONFIG_UNREADABLE))
        .hasMessageStartingWith(file + ": " + message);
  }

  @Test
  void theCommandLine_goesBeforeTheFile() throws Exception {
    Path file = ConfigText.in(folder).with("rounds", "3").with("quantise", "false").write();
    ServerConfig config =
        ServerConfig.read(
            file,
            Map.of(
                "rounds", "7",
                "quantise", "true",
                "learning_rate", "0.125",
                "encryption", "none",
                "dataset_path", "test.npz"));
    assertThat(config.rounds()).isEqualTo(7);
    assertThat(config.quantise()).isTrue();
    assertThat(config.learningRate()).isEqualTo(0.125);
    assertThat(config.encryption().key()).isEqualTo("none");
    assertThat(config.dataset()).contains(folder.resolve("test.npz"));
  }

  @Test
  void whatIsTypedForAText_isTextThoughItLooksLikeANumber() throws Exception {
    Path file = ConfigText.in(folder).write();
    ServerConfig config =
        ServerConfig.read(
            file, Map.of("run_id", "20261122", "trainer", "true", "model_path", "1e5"));
    assertThat(config.run()).contains("20261122");
    assertThat(config.trainer().words()).isEqualTo("true");
    assertThat(config.model()).contains(new ModelPlace.Local(folder.resolve("1e5")));
  }

  @Test
  void theCommandLine_isCheckedLikeTheFile() throws Exception {
    ConfigText text = ConfigText.in(folder);
    Path file = text.write();
    assertThat(text.refusal(() -> ServerConfig.read(file, Map.of("rounds", "ten"))))
        .isEqualTo("rounds: \"ten\" (expected: an integer)");
    assertThat(text.refusal(() -> ServerConfig.read(file, Map.of("round", "10"))))
        .isEqualTo("unknown key round (did you mean rounds?)");
    assertThat(text.refusal(() -> ServerConfig.read(file, Map.of("trainer", ""))))
        .isEqualTo("trainer: \"\" (expected: text)");
  }
}
