package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.node.Plugins;
import ai.cifer.node.RunResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// A client vanishes when it has sent two of a model's three segments: it counts in those two, and
/// the third is the sum of the others, bit for bit.
@Tag("slow")
class VanishedHalfWaySystemTest {
  private static final String VANISHING = "client-4";
  private static final long SEGMENT = Federation.PARAMETERS / 3 + 1;
  private static final Map<String, ?> ONE_ROUND =
      Map.of("rounds", 1, "segment_parameters", SEGMENT, "seed", 11);

  @RegisterExtension final Federation federation = new Federation();

  /// Vanishes instead of sending this segment.
  private record Vanishing(Federation federation, int segment) implements FaultyClient.Faults {
    @Override
    public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery) throws IOException {
      if (delivery.manifest().segment() == segment) {
        throw FaultyClient.vanished();
      }
      wire.deliver(delivery);
      if (delivery.manifest().segment() == segment - 1) {
        federation.awaitEvent(
            "segment_stored",
            event ->
                event.get("client").asString().equals(VANISHING)
                    && event.get("segment").asInt() == segment - 1);
      }
    }
  }

  @Test
  void itCountsInTheSegmentsThatItFinished_andInNoOther() throws Exception {
    federation.encryption("secure-aggregation");
    Map<String, Map<String, ?>> others = new TreeMap<>();
    long examples = 0;
    for (int i = 1; i <= 3; i++) {
      others.put("client-" + i, Map.of("examples", 100 + 37 * i));
      examples += 100 + 37 * i;
    }
    Cifer server = federation.server(ONE_ROUND);
    federation.clients(3);
    try (FaultyClient vanishing =
        new FaultyClient(
            federation.of(VANISHING), federation.port(), new Vanishing(federation, 2))) {
      CompletableFuture<String> ending = vanishing.start();
      assertThat(ending.get(1, TimeUnit.MINUTES)).isEqualTo("vanished");
      assertThat(server.exitCode()).as(server::report).isZero();
    }
    Map<Integer, Long> counts = new TreeMap<>();
    for (JsonNode event : federation.events("segment_opened")) {
      counts.put(event.get("segment").asInt(), event.get("examples").asLong());
    }
    long all = examples + FaultyClient.EXAMPLES;
    assertThat(counts)
        .containsExactly(Map.entry(0, all), Map.entry(1, all), Map.entry(2, examples));
    assertThat(federation.plannedAndActual()).containsEntry(1, "4 planned, 3 actual");
    assertThat(federation.events("client_withdrew"))
        .singleElement()
        .satisfies(event -> assertThat(event.get("client").asString()).isEqualTo(VANISHING));

    RunResult withIt =
        ReferenceRun.of(federation, "with", ONE_ROUND, others, VANISHING, FaultyClient.Faults.NONE);
    RunResult withoutIt =
        ReferenceRun.of(
            federation, "without", ONE_ROUND, others, VANISHING, new Vanishing(federation, 0));
    List<float[]> half = segments(federation.runFolder());
    List<float[]> full = segments(withIt.folder());
    List<float[]> none = segments(withoutIt.folder());
    assertThat(half.get(0)).isEqualTo(full.get(0)).isNotEqualTo(none.get(0));
    assertThat(half.get(1)).isEqualTo(full.get(1)).isNotEqualTo(none.get(1));
    assertThat(half.get(2)).isEqualTo(none.get(2)).isNotEqualTo(full.get(2));
  }

  /// The values of the finished model, segment by segment.
  private static List<float[]> segments(Path run) throws Exception {
    Path file = run.resolve("model.safetensors");
    try (Tensors tensors = Plugins.format(file).read(file).tensors()) {
      return tensors.layout().segments(SEGMENT).stream()
          .map((Segment segment) -> {
            float[] values = new float[Math.toIntExact(segment.size())];
            for (int i = 0; i < values.length; i++) {
              values[i] = tensors.get(segment.from() + i);
            }
            return values;
          })
          .toList();
    }
  }
}
