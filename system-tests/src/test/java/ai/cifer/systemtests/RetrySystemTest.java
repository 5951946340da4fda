package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// A coordinator and three clients in processes of their own and a fourth client with a fault; all
/// four must be in the sum, so that a bad share of two helpers fails an attempt. The model has
/// three segments.
@Tag("slow")
class RetrySystemTest {
  private static final String FAULTY = "client-4";
  private static final int SEGMENT = 1;

  /// Two of four cannot be set aside: three are needed.
  private static final List<String> COMPLAINING = List.of("client-1", "client-2");

  @RegisterExtension final Federation federation = new Federation();

  @BeforeEach
  void withoutAKeyHolder() {
    federation.encryption("secure-aggregation");
  }

  private Cifer server(Map<String, ?> keys) throws IOException {
    Map<String, Object> all =
        new HashMap<>(
            Map.of(
                "rounds",
                1,
                "min_clients",
                4,
                "segment_parameters",
                Federation.PARAMETERS / 3 + 1));
    all.putAll(keys);
    return federation.server(all);
  }

  /// Spoils the shares for two helpers in the first attempts at one segment in the first round.
  private static class BadShares implements FaultyClient.Faults {
    private final int attempts;

    BadShares(int attempts) {
      this.attempts = attempts;
    }

    @Override
    public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery) throws IOException {
      boolean bad =
          delivery.round() == 1
              && delivery.manifest().segment() == SEGMENT
              && delivery.manifest().attempt() < attempts;
      wire.deliver(bad ? delivery.withSpoiltShares(COMPLAINING) : delivery);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private List<JsonNode> ofAttempt(String kind, int segment, int attempt) throws IOException {
    return federation.events(kind).stream()
        .filter(event ->
            event.get("segment").asInt() == segment && event.get("attempt").asInt() == attempt)
        .toList();
  }

  @Test
  void oneOfSeveralSegmentsIsTriedAgain_withFreshSecretsAndTheNeededStatements() throws Exception {
    Cifer server = server(Map.of());
    List<Cifer> clients = federation.clients(3);
    try (FaultyClient faulty =
        new FaultyClient(federation.of(FAULTY), federation.port(), new BadShares(1))) {
      CompletableFuture<String> ending = faulty.start();
      assertThat(server.exitCode()).as(server::report).isZero();
      assertThat(ending.get(1, TimeUnit.MINUTES)).isEmpty();
    }
    for (Cifer client : clients) {
      assertThat(client.exitCode()).as(client::report).isZero();
    }
    assertThat(federation.plannedAndActual()).containsEntry(1, "4 planned, 4 actual");
    assertThat(federation.events("attempt_failed")).hasSize(1);
    assertThat(ofAttempt("attempt_failed", SEGMENT, 0)).hasSize(1);
    assertThat(ofAttempt("attempt_renounced", SEGMENT, 0)).hasSizeGreaterThanOrEqualTo(3);
    assertThat(ofAttempt("segment_stored", SEGMENT, 1)).hasSize(4);
    assertThat(ofAttempt("segment_opened", SEGMENT, 1)).hasSize(1);
    assertThat(ofAttempt("segment_opened", 0, 0)).as("the others once").hasSize(1);
    assertThat(federation.events("segment_stored")).hasSize(4 * 3 + 4);
    assertThat(server.out()).contains("segment 1 attempt 0 failed", "sent again under fresh keys");
  }

  @Test
  void withOneStatementTooFew_nothingIsSentAgain_andTheNextRoundCompletes() throws Exception {
    Cifer server = server(Map.of());
    List<Cifer> clients = federation.clients(3);
    CountDownLatch oneIsSilent = new CountDownLatch(1);
    FaultyClient.Faults faults =
        new BadShares(1) {
          @Override
          public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
              throws IOException {
            if (delivery.round() == 1 && delivery.manifest().segment() == SEGMENT) {
              await(oneIsSilent);
            }
            super.deliver(wire, delivery);
          }

          @Override
          public boolean states(int round) {
            return false;
          }
        };
    try (FaultyClient faulty = new FaultyClient(federation.of(FAULTY), federation.port(), faults)) {
      CompletableFuture<String> ending = faulty.start();
      // Three statements are needed: the faulty one gives none, and one of the three is silent.
      federation.awaitEvent(
          "segment_stored",
          event ->
              event.get("client").asString().equals("client-1")
                  && event.get("segment").asInt() == 2);
      clients.getFirst().signal("STOP");
      oneIsSilent.countDown();
      JsonNode voided = federation.awaitEvent("round_voided", _ -> true);
      assertThat(voided.get("reason").asString())
          .contains(
              "statements that nothing of segment 1 attempt 0 was revealed: 2 (expected: >= 3)");
      clients.getFirst().signal("CONT");
      assertThat(server.exitCode()).as(server::report).isZero();
      assertThat(ending.get(1, TimeUnit.MINUTES)).isEmpty();
    }
    assertThat(ofAttempt("segment_stored", SEGMENT, 1)).isEmpty();
    assertThat(federation.plannedAndActual()).containsEntry(2, "4 planned, 4 actual");
  }

  @Test
  void attemptsAreBounded() throws Exception {
    Cifer server = server(Map.of("max_attempts", 2));
    federation.clients(3);
    try (FaultyClient faulty =
        new FaultyClient(federation.of(FAULTY), federation.port(), new BadShares(9))) {
      CompletableFuture<String> ending = faulty.start();
      assertThat(server.exitCode()).as(server::report).isZero();
      assertThat(ending.get(1, TimeUnit.MINUTES)).isEmpty();
    }
    assertThat(federation.events("round_voided"))
        .singleElement()
        .satisfies(event ->
            assertThat(event.get("reason").asString()).contains("attempts: 2 (max_attempts)"));
    assertThat(federation.plannedAndActual()).containsOnlyKeys(2);
  }
}
