package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A client refuses a coordinator that offers less than the client's own file demands; those whose
/// files demand less go on without it.
@Tag("slow")
class DemandsRefusedTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "threshold | majority | t_min | 4 | threshold: 3 of 4 helpers (expected: >= 4, this participant's t_min)",
        "profile | K2_N64_DENSE | profiles | [\"K2_N256\"] | profile: K2_N64_DENSE (expected: one of [K2_N256])",
        "clip | {\"*.bias\": 9, \"*\": 1} | max_clip | 2 | clip of dense.bias: 9.0 (expected: <= 2.0, this participant's max_clip)",
        "k_min | 3 | min_examples | 51 | too few examples would train (this participant's min_examples)",
        "k_min | 3 | k_min | 4 | k_min: 3 (expected: >= 4, as this participant demands): the fewer clients a sum has, the more it tells of each; let 4 clients take part, or write \"k_min\": 3 in this participant's file if its owner accepts that (with encryption: key-holder it is the same)",
      })
  void aClientThatDemandsMore_takesNoPart(
      String serverKey, String offered, String clientKey, String demanded, String reason)
      throws Exception {
    try (FederationFixture federation = new FederationFixture(folder);
        FedServer server =
            federation.server("coordinator", Map.of("rounds", "1", serverKey, offered))) {
      for (int i = 0; i < 4; i++) {
        Map<String, String> own = new HashMap<>(Map.of("threshold", "majority"));
        if (i == 1) {
          own.put(clientKey, demanded);
        }
        federation.client("client-" + i, server.port(), "50", own);
      }
      RunResult result = server.run();
      assertThat(result.reason()).isEmpty();
      assertThat(result.rounds().getFirst().actual())
          .containsExactly("client-0", "client-2", "client-3");
      assertThat(federation.events)
          .contains(new RunEvent.Advanced(1, new RoundEvent.ClientWithdrew("client-1", reason)));
    }
  }

  /// c = 5: two thirds are 4, a majority is 3.
  @Test
  void aMajority_isRefusedByWhoeverDemandsTwoThirds() throws Exception {
    try (FederationFixture federation = new FederationFixture(folder);
        FedServer server =
            federation.server(
                "coordinator",
                Map.of("rounds", "1", "n_round_clients", "5", "threshold", "majority"))) {
      for (int i = 0; i < 5; i++) {
        federation.client(
            "client-" + i,
            server.port(),
            "50",
            i == 1 ? Map.of() : Map.of("threshold", "majority"));
      }
      RunResult result = server.run();
      assertThat(result.reason()).isEmpty();
      assertThat(result.rounds().getFirst().actual()).hasSize(4).doesNotContain("client-1");
      assertThat(federation.events)
          .contains(
              new RunEvent.Advanced(
                  1,
                  new RoundEvent.ClientWithdrew(
                      "client-1", "threshold: 3 of 5 helpers (expected: >= 4)")));
    }
  }

  /// The clips of the second round follow from the first's aggregate, the same in every mode; the
  /// updates of this trainer are at most 0.05, so that a clip of 100 leaves few steps.
  @Test
  void clipsFromTheLastAggregate_areFinerThanTheFirst_andTheSameInEveryMode() throws Exception {
    String adaptive = "{\"quantile\": 0.999, \"factor\": 2, \"first\": 100}";
    RunResult masked = run("a", "secure-aggregation", adaptive);
    RunResult open = run("b", "none", adaptive);
    RunResult coarse = run("c", "none", "100");
    assertThat(masked.rounds().stream().map(round -> round.modelDigest()).toList())
        .isEqualTo(open.rounds().stream().map(round -> round.modelDigest()).toList());
    assertThat(open.rounds().getFirst().modelDigest())
        .isEqualTo(coarse.rounds().getFirst().modelDigest());
    assertThat(open.rounds().getLast().modelDigest())
        .isNotEqualTo(coarse.rounds().getLast().modelDigest());
  }

  private RunResult run(String name, String mode, String clip) throws Exception {
    try (FederationFixture federation =
            new FederationFixture(java.nio.file.Files.createDirectories(folder.resolve(name)));
        FedServer server =
            federation.server(
                "coordinator", Map.of("encryption", mode, "quantise", "true", "clip", clip))) {
      for (String client : List.of("client-0", "client-1", "client-2", "client-3")) {
        federation.client(client, server.port(), "50", Map.of("encryption", mode));
      }
      RunResult result = server.run();
      federation.join();
      assertThat(result.reason()).isEmpty();
      return result;
    }
  }
}
