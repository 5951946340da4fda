package ai.cifer.training.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PlacedTensorTest {

  private static PlacedTensor checked(List<Integer> shape, List<Long> strides) throws IOException {
    return PlacedTensor.checked("w", ElementType.FLOAT32, shape, Path.of("w.pt"), 0, strides);
  }

  @Property
  void whatIsAccepted_hasAPlaceForEachElement(
      @ForAll @Size(3) List<@IntRange(min = 1, max = 4) Integer> shape,
      @ForAll @Size(3) List<@LongRange(min = 0, max = 20) Long> strides) {
    PlacedTensor tensor;
    try {
      tensor = checked(shape, strides);
    } catch (IOException shared) {
      assertThat(shared).hasMessageContaining("elements share places");
      return;
    }
    Set<Long> places = new HashSet<>();
    for (int i = 0; i < shape.get(0); i++) {
      for (int j = 0; j < shape.get(1); j++) {
        for (int k = 0; k < shape.get(2); k++) {
          places.add(i * strides.get(0) + j * strides.get(1) + k * strides.get(2));
        }
      }
    }
    assertThat(places).hasSize((int) tensor.size());
  }

  @Property
  void everyOrderOfTheDimensionsOfADenseTensor_isAccepted(
      @ForAll @IntRange(min = 1, max = 5) int rows,
      @ForAll @IntRange(min = 1, max = 5) int columns,
      @ForAll @IntRange(min = 1, max = 5) int depth)
      throws IOException {
    List<Integer> shape = List.of(rows, columns, depth);
    long[] dense = {(long) columns * depth, depth, 1};
    for (int[] order : new int[][] {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}}) {
      assertThat(
              checked(
                      IntStream.of(order).mapToObj(shape::get).toList(),
                      IntStream.of(order).mapToObj(i -> dense[i]).toList())
                  .size())
          .isEqualTo((long) rows * columns * depth);
    }
  }

  @Test
  void expandedElements_areRefusedWithTheCure() {
    assertThatThrownBy(() -> checked(List.of(1 << 20, 1 << 20), List.of(0L, 0L)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "place of w: shape [1048576, 1048576] with strides [0, 0]: elements share places"
                + " (expected: each its own; the cure is tensor.contiguous() before torch.save)");
  }

  @Test
  void windowsThatOverlap_areRefused() {
    assertThatThrownBy(() -> checked(List.of(1 << 20, 1 << 20), List.of(1L, 1L)))
        .hasMessageContaining("elements share places");
  }

  @Test
  void stridesBeyondAnyFile_areRefused() {
    List<Long> strides = LongStream.of(1L << 39, 1L << 40).boxed().toList();
    assertThatThrownBy(() -> checked(List.of(2, Integer.MAX_VALUE), strides))
        .hasMessage("end of w: beyond any file");
  }
}
