package ai.cifer.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.train.Preprocessing;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessingSettingsTest {

  private static final String EVERY_STEP =
      """
      [{"step": "select", "columns": ["age", 3]},
       {"step": "label", "column": "status", "classes": ["bad", "good"]},
       {"step": "target", "column": 2},
       {"step": "impute", "value": 0},
       {"step": "impute-mean", "columns": ["age"], "low": 0, "high": 120},
       {"step": "impute-mean", "columns": ["age"], "low": 0, "high": 120, "means": [40.5]},
       {"step": "scale", "columns": ["age"], "low": 0, "high": 100},
       {"step": "standardize", "low": -1, "high": 1.5},
       {"step": "standardize", "low": 0, "high": 1, "means": [0.5], "deviations": [2]},
       {"step": "one-hot", "column": "home", "categories": ["rent", "owner"]},
       {"step": "flatten"},
       {"step": "tokens"},
       {"step": "resize", "width": 28, "height": 20, "channels": 3},
       {"step": "split", "test": 0.2, "seed": 4}]
      """;

  private static final Preprocessing STEPS =
      new Preprocessing(
          List.of(
              new Preprocessing.Select(List.of("age", "3")),
              new Preprocessing.Label("status", List.of("bad", "good")),
              new Preprocessing.Regression("2"),
              new Preprocessing.Impute(List.of(), 0),
              new Preprocessing.ImputeMean(List.of("age"), 0, 120, List.of()),
              new Preprocessing.ImputeMean(List.of("age"), 0, 120, List.of(40.5f)),
              new Preprocessing.Scale(List.of("age"), 0, 100),
              new Preprocessing.Standardize(List.of(), -1, 1.5, List.of(), List.of()),
              new Preprocessing.Standardize(List.of(), 0, 1, List.of(0.5f), List.of(2f)),
              new Preprocessing.OneHot("home", List.of("rent", "owner")),
              new Preprocessing.Flatten(),
              new Preprocessing.Tokens(),
              new Preprocessing.Resize(28, 20, 3),
              new Preprocessing.Divide(0.2, 4)));

  @TempDir Path folder;

  @Test
  void everyStepIsRead() throws Exception {
    assertThat(ConfigText.in(folder).with("preprocessing", EVERY_STEP).server().preprocessing())
        .isEqualTo(STEPS);
  }

  @Test
  void aBuilderSaysTheSame() throws Exception {
    ServerConfig config =
        ServerConfig.builder()
            .set("base_api", "https://localhost")
            .set("n_round_clients", 4)
            .set("certfile", "c")
            .set("keyfile", "k")
            .set("preprocessing", STEPS)
            .build();
    assertThat(config.preprocessing()).isEqualTo(STEPS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{}                               | a list of steps",
        "[3]                              | step 1: 3 (expected: an object",
        "[{`step`: `flaten`}]             | step 1: flaten (expected: one of select, label",
        "[{`step`: `flatten`, `a`: 1}]    | step 1: unknown key a of flatten",
        "[{`step`: `impute`}]             | step 1: value is missing",
        "[{`step`: `scale`, `low`: 1, `high`: 1}] | scale: 1.0 to 1.0 (expected: low < high)",
        "[{`step`: `split`, `test`: 1}]   | split: test: 1.0 (expected: above 0, below 1)",
        "[{`step`: `resize`, `width`: 0, `height`: 1, `channels`: 1}] | resize: 0 x 1",
        "[{`step`: `select`, `columns`: []}] | at least one",
        "[{`step`: `label`, `column`: 1.5}] | column: 1.5 (expected: text)",
      })
  void aStepThatIsNoneIsRefused(String json, String message) {
    ConfigText config = ConfigText.in(folder).with("preprocessing", json.strip().replace('`', '"'));
    assertThat(config.refusal(config::server)).contains(message.strip());
  }
}
