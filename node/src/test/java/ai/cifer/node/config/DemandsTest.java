package ai.cifer.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.secagg.plan.ClipRule;
import ai.cifer.secagg.plan.ClipTable;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.HelperTrust;
import ai.cifer.secagg.round.RoundPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a client's file demands, and the clips of both sides.
class DemandsTest {

  private static final String NUMBER = "a number > 0 in the range of float32";

  @TempDir Path folder;

  @Test
  void withoutAWord_theModeAndTheDefaultsOfTheProtocolAreDemanded() throws Exception {
    RoundPolicy policy = ConfigText.in(folder).client().demands().policy("f");
    assertThat(policy).isEqualTo(RoundPolicy.of("f", EncryptionMode.SECURE_AGGREGATION));
  }

  @Test
  void everyDemandReachesThePolicy() throws Exception {
    RoundPolicy policy =
        ConfigText.in(folder)
            .with("encryption", "\"key-holder\"")
            .with("k_min", "7")
            .with("threshold", "\"majority\"")
            .with("t_min", "1")
            .with("profiles", "[\"K2_N256\", \"K2_N64\"]")
            .with("max_clip", "{\"*.bias\": 0.5, \"*\": 2}")
            .with("statistics", "false")
            .client()
            .demands()
            .policy("f");
    assertThat(policy)
        .isEqualTo(
            new RoundPolicy(
                "f",
                7,
                Set.of(EncryptionMode.KEY_HOLDER),
                Set.of("K2_N256", "K2_N64"),
                HelperTrust.HONEST,
                1,
                Optional.of(
                    new ClipTable(
                        List.of(new ClipTable.Entry("*.bias", 0.5f), new ClipTable.Entry("*", 2)))),
                false,
                0));
    assertThat(ConfigText.in(folder).with("t_min", "5").client().demands().tMin()).isEqualTo(5);
    assertThat(ConfigText.in(folder).with("profiles", "\"K2_N64\"").client().demands().profiles())
        .containsExactly("K2_N64");
    assertThat(
            ConfigText.in(folder)
                .with("encryption", "\"none\"")
                .client()
                .demands()
                .policy("f")
                .modes())
        .as("more protection than demanded is welcome")
        .containsExactlyInAnyOrder(EncryptionMode.values());
  }

  @Test
  void halfOfTheExamplesMustTrain_unlessTheFileSaysHowMany() throws Exception {
    Demands silent = ConfigText.in(folder).client().demands();
    assertThat(silent.minExamples(2000)).isEqualTo(1000);
    assertThat(silent.minExamples(1)).isEqualTo(1);
    assertThat(silent.minExamples(3)).isEqualTo(2);
    Demands said = ConfigText.in(folder).with("min_examples", "7").client().demands();
    assertThat(said.minExamples(2000)).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "min_examples | 0            | >= 1",
        "threshold | \"all\"         | one of two-thirds, majority",
        "t_min     | 0               | 1 to 32",
        "t_min     | 33              | 1 to 32",
        "max_clip  | \"1\"           | " + NUMBER,
        "max_clip  | [1]             | " + NUMBER,
      })
  void aDemandOutOfRange_isNamed(String key, String json, String expected) {
    ConfigText text = ConfigText.in(folder).with(key, json);
    assertThat(text.refusal(text::client))
        .isEqualTo("%s: %s (expected: %s)".formatted(key, json, expected));
  }

  @Test
  void anUnknownProfile_isNamed() {
    for (String json : List.of("\"K9\"", "[]", "[\"K2_N64\",\"K9\"]", "[1]")) {
      ConfigText text = ConfigText.in(folder).with("profiles", json);
      assertThat(text.refusal(text::client))
          .startsWith("profiles: " + json + " (expected: one or more of K1_N256, ");
    }
  }

  @Test
  void aClip_isANumberATableOrAQuantile() throws Exception {
    ConfigText text = ConfigText.in(folder);
    assertThat(text.with("clip", "{\"b\": 0.5, \"*\": 2}").server().clip())
        .isEqualTo(
            ClipRule.fixed(
                new ClipTable(
                    List.of(new ClipTable.Entry("b", 0.5f), new ClipTable.Entry("*", 2)))));
    assertThat(text.with("clip", "{\"quantile\": 0.99}").server().clip())
        .isEqualTo(new ClipRule(ClipTable.uniform(1), Optional.of(new ClipRule.Quantile(0.99, 4))));
    assertThat(
            text.with("clip", "{\"quantile\": 1, \"factor\": 2.5, \"first\": {\"*\": 3}}")
                .server()
                .clip())
        .isEqualTo(new ClipRule(ClipTable.uniform(3), Optional.of(new ClipRule.Quantile(1, 2.5))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"w\":0}                        | clip.w: 0 (expected: " + NUMBER + ")",
        "{\"w\":{\"x\":1}}                | clip.w: {\"x\":1} (expected: " + NUMBER + ")",
        "{}                               | clip: entries: 0 (expected: 1 to 4096)",
        "{\"quantile\":1.5}               | clip.quantile: 1.5 (expected: > 0 and <= 1)",
        "{\"quantile\":\"a\"}             | clip.quantile: \"a\" (expected: " + NUMBER + ")",
        "{\"quantile\":0.9,\"factor\":0.5} | clip.factor: 0.5 (expected: 1 to 1000000)",
        "{\"quantile\":0.9,\"first\":-1}   | clip.first: -1 (expected: " + NUMBER + ")",
        "{\"quantile\":0.9,\"fist\":1}     | clip: unknown key fist (expected: quantile, factor, first)",
      })
  void aMistakeInAClip_isNamedWithItsPlace(String json, String message) {
    ConfigText text = ConfigText.in(folder).with("clip", json);
    assertThat(text.refusal(text::server)).isEqualTo(message);
  }

  @Test
  void aBuilderSaysTheSame_andTheCommandLineToo() throws Exception {
    var table = new TreeMap<String, Double>();
    table.put("*", 0.25);
    ClientConfig built =
        ClientConfig.builder()
            .set("base_api", "https://localhost")
            .set("certfile", "certificate.pem")
            .set("keyfile", "private_key.pem")
            .set("profiles", List.of("K2_N64"))
            .set("max_clip", table)
            .build();
    assertThat(built.demands().profiles()).containsExactly("K2_N64");
    assertThat(built.demands().maxClip()).contains(ClipTable.uniform(0.25f));
    ServerConfig typed =
        ServerConfig.read(
            ConfigText.in(folder).write(),
            java.util.Map.of("clip", "{\"quantile\": 0.5, \"first\": 2}"));
    assertThat(typed.clip().first()).isEqualTo(ClipTable.uniform(2));
  }
}
