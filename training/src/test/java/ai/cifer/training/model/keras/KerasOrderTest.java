package ai.cifer.training.model.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class KerasOrderTest {

  /// A chain whose file lists the last layer first.
  private static String config(int layers) {
    String nodes =
        IntStream.range(0, layers)
            .mapToObj(i -> layers - 1 - i)
            .map(i ->
                i == 0
                    ? "{\"class_name\":\"InputLayer\",\"name\":\"l0\",\"config\":{\"batch_shape\":[null,4]},\"inbound_nodes\":[]}"
                    : "{\"class_name\":\"Flatten\",\"name\":\"l%d\",\"config\":{},\"inbound_nodes\":[[[\"l%d\",0,0,{}]]]}"
                        .formatted(i, i - 1))
            .collect(Collectors.joining(","));
    return "{\"class_name\":\"Functional\",\"config\":{\"layers\":[%s],\"input_layers\":[[\"l0\",0,0]],\"output_layers\":[[\"l%d\",0,0]]}}"
        .formatted(nodes, layers - 1);
  }

  private static void within(Duration limit, ThrowingCallable work) {
    Assertions.assertTimeoutPreemptively(limit, work::call);
  }

  @Test
  void tenThousandLayersTheLastFirst_areOrderedSoon() {
    String json = config(10_000);
    within(
        Duration.ofSeconds(5),
        () -> {
          KerasNetwork network = KerasConfig.read(json);
          assertThat(network.layers()).hasSize(10_000);
          assertThat(network.layers().getFirst().name()).isEqualTo("l0");
          assertThat(network.layers().getLast().name()).isEqualTo("l9999");
        });
  }

  @Test
  void twentyThousandLayers_areRefusedWithinASecond() throws IOException {
    // The first file also pays for the start of the classes.
    KerasNetwork _ = KerasConfig.read(config(2));
    String json = config(20_000);
    within(
        Duration.ofSeconds(1),
        () ->
            assertThatThrownBy(() -> KerasConfig.read(json))
                .isInstanceOf(IOException.class)
                .hasMessage("layers: 20000 (expected: 1 to 10000)"));
  }

  @Test
  void cyclesAndMissingInputs_areRefused() {
    assertThatThrownBy(
            () -> KerasOrder.of(Map.of("a", List.of("b"), "b", List.of("a"), "c", List.of())))
        .hasMessageMatching("layer [ab]: in a cycle, or after one \\(expected: none\\)");
    assertThatThrownBy(() -> KerasOrder.of(Map.of("a", List.of("b"))))
        .hasMessage("inputs of layer a: [b] (expected: layers)");
  }

  @Property
  void itIsTheOrderOfRepeatedPasses(
      @ForAll @IntRange(min = 1, max = 12) int layers, @ForAll long seed) throws IOException {
    var random = new Random(seed);
    Map<String, List<String>> inputs = new LinkedHashMap<>();
    List<Integer> file = new ArrayList<>(IntStream.range(0, layers).boxed().toList());
    Collections.shuffle(file, random);
    for (int layer : file) {
      List<String> from = new ArrayList<>();
      for (int i = 0; i < layer; i++) {
        if (random.nextInt(3) == 0) {
          from.add("l" + i);
        }
      }
      inputs.put("l" + layer, from);
    }
    assertThat(KerasOrder.of(inputs)).isEqualTo(passes(inputs));
  }

  private static List<String> passes(Map<String, List<String>> inputs) {
    Set<String> done = new LinkedHashSet<>();
    while (done.size() < inputs.size()) {
      inputs.forEach((name, from) -> {
        if (done.containsAll(from)) {
          done.add(name);
        }
      });
    }
    return List.copyOf(done);
  }
}
