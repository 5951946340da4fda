package ai.cifer.fedlearn.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class KeptPlacesPropertyTest {

  /// A place stays if any vector's value for it lies in a segment that was not opened.
  @Property(tries = 200)
  void aPlaceStays_ifAndOnlyIfSomethingOfItWasNotOpened(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int parameters,
      @ForAll @IntRange(min = 1, max = 3) int vectors,
      @ForAll @IntRange(min = 1, max = 25) int segmentParameters) {
    Random random = new Random(seed);
    int numbers = random.nextInt(4);
    ModelLayout model = layout(parameters);
    ModelLayout upload = layout(vectors * parameters + numbers);
    List<Segment> abandoned =
        upload.segments(segmentParameters).stream().filter(_ -> random.nextInt(3) == 0).toList();
    KeptPlaces kept = KeptPlaces.of(parameters, vectors, abandoned);
    try (Tensors before = filled(model, 1);
        Tensors after = filled(model, 2)) {
      kept.restore(before, after);
      for (int place = 0; place < parameters; place++) {
        boolean stays = false;
        for (int vector = 0; vector < vectors; vector++) {
          long at = (long) vector * parameters + place;
          stays |=
              abandoned.stream()
                  .anyMatch(each -> each.from() <= at && at < each.from() + each.size());
        }
        assertThat(after.get(place)).as("place %d", place).isEqualTo(stays ? 1 : 2);
      }
      kept.clear(before);
      for (int place = 0; place < parameters; place++) {
        assertThat(before.get(place) == 0).isEqualTo(after.get(place) == 1);
      }
    }
  }

  private static ModelLayout layout(int size) {
    return new ModelLayout(List.of(new TensorSpec("w", List.of(size))));
  }

  private static Tensors filled(ModelLayout layout, float value) {
    Tensors tensors = Tensors.allocate(layout);
    for (long i = 0; i < layout.parameters(); i++) {
      tensors.write(i, new float[] {value}, 1);
    }
    return tensors;
  }
}
