package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.RunResult;
import ai.cifer.secagg.message.Coefficients;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// A helper signs a wrong sum of its shares, in a federation of processes: of seven helpers it is
/// found, left out and named; of four it can only be seen that somebody lies, and nothing wrong
/// opens.
@Tag("slow")
class CorruptedRevealSystemTest {
  /// Seeds are fixed, so that two runs give the same model.
  private static final Map<String, ?> ONE_ROUND =
      Map.of("rounds", 1, "n_round_clients", 7, "min_clients", 7, "seed", 11);

  private static final int OPENING_FAILED = 43;

  @RegisterExtension final Federation federation = new Federation();

  /// One coefficient of every sum is off by one.
  private static final FaultyClient.Faults LIAR =
      new FaultyClient.Faults() {
        @Override
        public Coefficients reveal(Coefficients right) {
          int[] sum = right.toIntArray();
          sum[7] ^= 1;
          return Coefficients.of(sum);
        }
      };

  @BeforeEach
  void withoutAKeyHolder() {
    federation.encryption("secure-aggregation");
  }

  @Test
  void ofSeven_theSumIsCorrected_theLiarIsNamed_andTheModelIsTheSameBitForBit() throws Exception {
    Map<String, Map<String, ?>> honest = new TreeMap<>();
    for (int i = 1; i <= 6; i++) {
      honest.put("client-" + i, Map.of("examples", 100 + 37 * i));
    }
    for (String more : List.of("client-5", "client-6", "client-7")) {
      federation.enrol(more);
    }
    Cifer server = federation.server(ONE_ROUND);
    List<Cifer> clients = new ArrayList<>();
    for (var client : honest.entrySet()) {
      clients.add(federation.client(client.getKey(), client.getValue()));
    }
    try (FaultyClient liar = new FaultyClient(federation.of("client-7"), federation.port(), LIAR)) {
      CompletableFuture<String> ending = liar.start();
      assertThat(server.exitCode()).as(server::report).isZero();
      assertThat(ending.get(1, TimeUnit.MINUTES)).isEmpty();
    }
    for (Cifer client : clients) {
      assertThat(client.exitCode()).as(client::report).isZero();
    }
    assertThat(federation.events("helper_blamed"))
        .singleElement()
        .satisfies(event -> assertThat(event.get("helper").asString()).isEqualTo("client-7"));
    assertThat(server.out()).contains("client-7");
    // Only its word as a helper was false: its update counts.
    JsonNode completed = federation.events("round_completed").getFirst();
    assertThat(completed.get("actual_clients").asInt()).isEqualTo(7);

    RunResult truth =
        ReferenceRun.of(
            federation, "reference", ONE_ROUND, honest, "client-7", FaultyClient.Faults.NONE);
    assertThat(completed.get("model_digest").asString())
        .isEqualTo(truth.rounds().getFirst().modelDigest());
  }

  /// Who lies once may have had a bad moment. After a failed opening enough have revealed, so that
  /// nobody can state the opposite: but the same clients may send the same integers again.
  @Test
  void ofFour_afterLiesThatAreNotRepeated_theSameCohortSendsAgain_andItOpens() throws Exception {
    Map<String, ?> keys = Map.of("rounds", 1, "min_clients", 4, "seed", 11);
    Cifer server = federation.server(keys);
    List<Cifer> clients = federation.clients(2);
    try (FaultyClient one =
            new FaultyClient(federation.of("client-3"), federation.port(), new LiesOnce());
        FaultyClient other =
            new FaultyClient(federation.of("client-4"), federation.port(), new LiesOnce())) {
      List<CompletableFuture<String>> endings = List.of(one.start(), other.start());
      assertThat(server.exitCode()).as(server::report).isZero();
      for (CompletableFuture<String> ending : endings) {
        assertThat(ending.get(1, TimeUnit.MINUTES)).isEmpty();
      }
    }
    for (Cifer client : clients) {
      assertThat(client.exitCode()).as(client::report).isZero();
    }
    assertThat(federation.events("attempt_failed"))
        .singleElement()
        .satisfies(
            event -> assertThat(event.get("reason").asString()).contains("could not be opened"));
    assertThat(federation.events("attempt_renounced")).isEmpty();
    assertThat(federation.events("round_voided")).isEmpty();
    assertThat(federation.events("segment_opened"))
        .singleElement()
        .satisfies(event -> assertThat(event.get("attempt").asInt()).isEqualTo(1));
    JsonNode completed = federation.events("round_completed").getFirst();
    assertThat(completed.get("actual_clients").asInt()).isEqualTo(4);

    RunResult truth =
        ReferenceRun.of(
            federation,
            "reference",
            keys,
            Map.of("client-1", Map.of("examples", 137), "client-2", Map.of("examples", 174)),
            Map.of("client-3", FaultyClient.Faults.NONE, "client-4", FaultyClient.Faults.NONE));
    assertThat(completed.get("model_digest").asString())
        .isEqualTo(truth.rounds().getFirst().modelDigest());
  }

  private static final class LiesOnce implements FaultyClient.Faults {
    private boolean lied;

    @Override
    public Coefficients reveal(Coefficients right) {
      Coefficients told = lied ? right : LIAR.reveal(right);
      lied = true;
      return told;
    }
  }

  /// Two of four lie, so that a lie is among whichever three come first.
  @Test
  void ofFour_liesAreSeen_nothingOpens_andTheRunEndsSayingSo() throws Exception {
    Cifer server = federation.server(Map.of("rounds", 1, "min_clients", 4));
    federation.clients(2);
    try (FaultyClient one = new FaultyClient(federation.of("client-3"), federation.port(), LIAR);
        FaultyClient other = new FaultyClient(federation.of("client-4"), federation.port(), LIAR)) {
      List<CompletableFuture<String>> endings = List.of(one.start(), other.start());
      assertThat(server.exitCode()).as(server::report).isEqualTo(OPENING_FAILED);
      for (CompletableFuture<String> ending : endings) {
        assertThat(ending.get(1, TimeUnit.MINUTES)).contains("contradict one another");
      }
    }
    assertThat(federation.events("segment_opened")).isEmpty();
    assertThat(federation.events("helper_blamed")).isEmpty();
    assertThat(federation.events("round_voided")).hasSize(3);
    assertThat(server.err()).contains("contradict one another");
  }
}
