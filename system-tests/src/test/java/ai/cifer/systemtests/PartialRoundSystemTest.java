package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.node.Plugins;
import ai.cifer.node.RunResult;
import ai.cifer.secagg.plan.EncryptionMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// One of three segments fails for good, in a federation of processes that goes on without it: its
/// values stay as they were, and whatever the strategy remembers of them; the others become what
/// they would have become.
@Tag("slow")
class PartialRoundSystemTest {
  private static final String FAULTY = "client-4";
  private static final int FAILING = 1;
  private static final long SEGMENT = Federation.PARAMETERS / 3 + 1;
  private static final int KILLED = 137;

  /// All four must be in a sum. What the trainer does depends on the number of the round alone, so
  /// that the mean of a round is the same whatever happened in the one before.
  private static final Map<String, ?> KEYS =
      Map.of(
          "min_clients", 4,
          "max_attempts", 1,
          "segment_parameters", SEGMENT,
          "strategy", "fedavgm",
          "seed", 11);

  @RegisterExtension final Federation federation = new Federation();

  /// Its share of one segment opens for two helpers of four in no attempt of the first round.
  private static final FaultyClient.Faults BAD_SHARES =
      new FaultyClient.Faults() {
        @Override
        public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
            throws IOException {
          boolean bad = delivery.round() == 1 && delivery.manifest().segment() == FAILING;
          wire.deliver(bad ? delivery.withSpoiltShares(List.of("client-1", "client-2")) : delivery);
        }
      };

  /// It vanishes when its first segment has arrived.
  private final FaultyClient.Faults vanishing =
      new FaultyClient.Faults() {
        @Override
        public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
            throws IOException {
          wire.deliver(delivery);
          federation.awaitEvent(
              "segment_stored", event -> event.get("client").asString().equals(FAULTY));
          throw FaultyClient.vanished();
        }
      };

  private static Map<String, Object> keys(Map<String, ?> more) {
    Map<String, Object> keys = new HashMap<>(KEYS);
    keys.putAll(more);
    return keys;
  }

  private static Map<String, Map<String, ?>> others() {
    Map<String, Map<String, ?>> others = new TreeMap<>();
    for (int i = 1; i <= 3; i++) {
      others.put("client-" + i, Map.of("examples", 100 + 37 * i));
    }
    return others;
  }

  @Test
  void aSegmentThatFailsForGood_keepsItsValuesAndTheirMomentum_andTheOthersGoOnBitForBit()
      throws Exception {
    federation.encryption("secure-aggregation");
    Cifer server = federation.server(keys(Map.of("rounds", 2, "partial_rounds", true)));
    List<Cifer> clients = federation.clients(3);
    try (FaultyClient faulty =
        new FaultyClient(federation.of(FAULTY), federation.port(), BAD_SHARES)) {
      CompletableFuture<String> ending = faulty.start();
      assertThat(server.exitCode()).as(server::report).isZero();
      assertThat(ending.get(1, TimeUnit.MINUTES)).isEmpty();
    }
    assertThat(federation.events("segment_abandoned"))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.get("round").asInt()).isEqualTo(1);
          assertThat(event.get("segment").asInt()).isEqualTo(FAILING);
          assertThat(event.get("reason").asString()).contains("attempts: 1 (max_attempts)");
        });
    assertThat(
            federation.events("round_completed").stream()
                .map(event -> event.get("abandoned").toString()))
        .containsExactly("[1]", "[]");
    assertThat(server.out()).contains("segment 1 failed for good, its values stay as they were");
    assertThat(clients.getFirst().out() + clients.getFirst().err())
        .contains("segment 1 failed for good");
    Cifer shown =
        federation.start(
            "show", Cifer.small(64), List.of("runs", "show", federation.runFolder().toString()));
    assertThat(shown.exitCode()).as(shown::report).isZero();
    assertThat(shown.out()).contains("round 1: the values of segments [1] stayed as they were");

    RunResult undisturbed =
        ReferenceRun.of(
            federation,
            "undisturbed",
            keys(Map.of("rounds", 2)),
            others(),
            FAULTY,
            FaultyClient.Faults.NONE);
    // Its first round is void as a whole, so that the second one begins without a momentum.
    RunResult second =
        ReferenceRun.of(
            federation, "second", keys(Map.of("rounds", 1)), others(), FAULTY, BAD_SHARES);
    assertThat(second.rounds().getFirst().round()).isEqualTo(2);
    List<float[]> partial = segments(federation.runFolder());
    List<float[]> all = segments(undisturbed.folder());
    List<float[]> late = segments(second.folder());
    assertThat(partial.get(0)).isEqualTo(all.get(0)).isNotEqualTo(late.get(0));
    assertThat(partial.get(FAILING)).isEqualTo(late.get(FAILING)).isNotEqualTo(all.get(FAILING));
    assertThat(partial.get(2)).isEqualTo(all.get(2)).isNotEqualTo(late.get(2));
  }

  @Test
  @Tag("full")
  void withAKeyHolder_aCoordinatorThatIsKilledWhenItGivesSegmentsUp_goesOnWithTheRest()
      throws Exception {
    federation.encryption("key-holder");
    Map<String, Object> keys = keys(Map.of("rounds", 1, "partial_rounds", true));
    Path portFile = federation.folder().resolve("port");
    List<String> words = federation.serverWords(keys, "--port-file", portFile.toString());
    Cifer first =
        federation.start(
            "dying",
            DyingCoordinator.class,
            List.of(
                words.get(2),
                portFile.toString(),
                CoordinatorMoment.SEGMENT_ABANDONED.name(),
                "1"));
    Wait.until("it listens", Duration.ofMinutes(1), () -> Files.exists(portFile));
    federation.port(Integer.parseInt(Files.readString(portFile)));
    federation.clients(3);
    federation.keyHolder();
    try (FaultyClient faulty =
        new FaultyClient(
            federation.of(FAULTY), federation.port(), EncryptionMode.KEY_HOLDER, vanishing)) {
      assertThat(faulty.start().get(1, TimeUnit.MINUTES)).isEqualTo("vanished");
      assertThat(first.exitCode()).as(first::report).isEqualTo(KILLED);
    }
    keys.put("port", federation.port());
    Cifer again = federation.start("again", Cifer.small(96), federation.serverWords(keys));
    assertThat(again.exitCode()).as(again::report).isZero();
    assertThat(federation.events("run_resumed")).hasSize(1);
    JsonNode completed = federation.events("round_completed").getFirst();
    assertThat(completed.get("abandoned").toString()).isEqualTo("[1,2]");

    federation.encryption("secure-aggregation");
    keys.remove("port");
    RunResult undisturbed =
        ReferenceRun.of(
            federation, "undisturbed", keys, others(), FAULTY, FaultyClient.Faults.NONE);
    List<float[]> partial = segments(federation.runFolder());
    List<float[]> before = segments(federation.folder());
    assertThat(partial.get(0)).isEqualTo(segments(undisturbed.folder()).get(0));
    assertThat(partial.get(0)).isNotEqualTo(before.get(0));
    assertThat(partial.get(1)).isEqualTo(before.get(1));
    assertThat(partial.get(2)).isEqualTo(before.get(2));
  }

  /// The values of the model in a folder, segment by segment.
  private static List<float[]> segments(Path folder) throws Exception {
    Path file = folder.resolve("model.safetensors");
    try (Tensors tensors = Plugins.format(file).read(file).tensors()) {
      return tensors.layout().segments(SEGMENT).stream()
          .map((Segment segment) -> {
            float[] values = new float[Math.toIntExact(segment.size())];
            tensors.read(segment.from(), values, values.length);
            return values;
          })
          .toList();
    }
  }
}
