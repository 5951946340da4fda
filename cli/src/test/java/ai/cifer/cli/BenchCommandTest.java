package ai.cifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Captured;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest {
  private final Captured captured = Captured.file();

  @Test
  void bytesPerClient_areThoseOfTheMessages() {
    assertThat(
            run(
                "aggregate",
                "--clients",
                "16",
                "--params",
                "50000",
                "--each",
                "5",
                "--format",
                "json"))
        .isZero();
    JsonNode round = JsonMapper.shared().readTree(captured.out()).path("aggregate");
    // 50,000 parameters are 5 blocks of 12,288; a block has 51,200 bytes.
    assertThat(round.path("masked_bytes").asLong()).isEqualTo(5 * 51_200);
    assertThat(round.path("helpers").asInt()).isEqualTo(16);
    // Each share has at least 4096 numbers of 4 bytes.
    assertThat(round.path("share_bytes").asLong()).isBetween(16 * 16_384L, 16 * 18_500L);
    assertThat(round.path("bytes_per_client").asLong())
        .isEqualTo(
            round.path("masked_bytes").asLong()
                + round.path("share_bytes").asLong()
                + round.path("manifest_bytes").asLong());
    assertThat(round.path("client_millis").asDouble()).isPositive();
    assertThat(round.path("round_millis").asDouble())
        .isGreaterThan(16 * round.path("fold_millis").asDouble());
  }

  @Test
  void theMachineIsDescribed_andEveryFigureHasAUnit() {
    assertThat(run("ntt", "--each", "5")).isZero();
    assertThat(captured.out())
        .contains("This machine", "processor", "vectors", "Transforms", "8,192", "ns a butterfly")
        .contains("another machine than this one")
        .doesNotContain("Encrypted sums");
    assertThat(captured.err()).isEmpty();
  }

  @Test
  void whatIsNotMeasured_isNamed() {
    assertThat(run("sorting")).isEqualTo(ExitCode.USAGE.number());
    assertThat(captured.err()).contains("bench: sorting (expected: aggregate, ckks, paillier, ntt");
    assertThat(run("ntt", "--clients", "3")).isEqualTo(ExitCode.USAGE.number());
    assertThat(captured.err()).contains("with bench aggregate only");
    assertThat(run("aggregate", "--clients", "1")).isEqualTo(ExitCode.USAGE.number());
    assertThat(captured.err()).contains("--clients: 1 (expected: 2 to 256)");
  }

  private int run(String... words) {
    String[] all = new String[words.length + 1];
    all[0] = "bench";
    System.arraycopy(words, 0, all, 1, words.length);
    return Cifer.run(captured.terminal(), all);
  }
}
