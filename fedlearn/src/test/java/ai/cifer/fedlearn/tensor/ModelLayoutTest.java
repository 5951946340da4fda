package ai.cifer.fedlearn.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLayoutTest {

  @TempDir Path folder;

  private static final ModelLayout LAYOUT =
      new ModelLayout(
          List.of(
              new TensorSpec("weight", List.of(2, 3)),
              new TensorSpec("scale", List.of()),
              new TensorSpec("bias", List.of(4))));

  @Test
  void tensorsLieOneAfterTheOther() {
    assertThat(LAYOUT.parameters()).isEqualTo(11);
    assertThat(LAYOUT.offset(1)).isEqualTo(6);
    assertThat(LAYOUT.indexAt(5)).isZero();
    assertThat(LAYOUT.indexAt(6)).isEqualTo(1);
    assertThat(LAYOUT.indexAt(10)).isEqualTo(2);
    assertThatThrownBy(() -> LAYOUT.indexAt(11)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Property
  void segmentsCoverEveryValueOnce(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 50) Integer> sizes,
      @ForAll @IntRange(min = 1, max = 60) int perSegment) {
    List<TensorSpec> tensors =
        java.util.stream.IntStream.range(0, sizes.size())
            .mapToObj(i -> new TensorSpec("t" + i, List.of(sizes.get(i))))
            .toList();
    ModelLayout layout = new ModelLayout(tensors);
    long next = 0;
    for (Segment segment : layout.segments(perSegment)) {
      assertThat(segment.from()).isEqualTo(next);
      assertThat(segment.size()).isBetween(1L, (long) perSegment);
      next += segment.size();
    }
    assertThat(next).isEqualTo(layout.parameters());
  }

  @Test
  void aHostileShapeIsRefusedBeforeAnythingIsAllocated() {
    assertThatThrownBy(() ->
            new TensorSpec("x", List.of(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE)))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> new TensorSpec("x", List.of(2, 0)))
        .hasMessage("shape of x: [2, 0] (expected: dimensions >= 1)");
    assertThatThrownBy(() ->
            new ModelLayout(
                List.of(new TensorSpec("x", List.of(1)), new TensorSpec("x", List.of(1)))))
        .hasMessage("tensor name appears twice: x");
  }

  @Test
  void valuesWrittenToAFileAreReadBackByAnotherMapping() throws Exception {
    Path file = folder.resolve("model.f32");
    try (Tensors written = Tensors.create(file, LAYOUT)) {
      written.write(6, new float[] {1.5f, -2f}, 2);
      written.force();
      try (Tensors read = Tensors.open(file, 0, LAYOUT)) {
        assertThat(read.get(7)).isEqualTo(-2f);
        assertThat(read.values(1)).containsExactly(1.5f);
        assertThat(read.digest()).isEqualTo(written.digest());
      }
    }
  }

  /// Independent computation, Python 3: hashlib.sha256(b"cifer-model-v1" + struct.pack("<I", 1)
  /// + struct.pack("<I", 1) + b"w" + struct.pack("<II", 1, 2) + struct.pack("<ff", 1.0, -0.5))
  @Test
  void digestIsTheDocumentedLayout() {
    ModelLayout layout = new ModelLayout(List.of(new TensorSpec("w", List.of(2))));
    try (Tensors tensors = Tensors.allocate(layout)) {
      tensors.write(0, new float[] {1.0f, -0.5f}, 2);
      assertThat(HexFormat.of().formatHex(tensors.digest()))
          .isEqualTo("8431c37fd4e9b82c6065237f487883ed522161a40a32bb8218db77e816eab73a");
    }
  }

  @Test
  void aFileThatIsTooShortIsRefused() throws Exception {
    Path file = folder.resolve("short.f32");
    java.nio.file.Files.write(file, new byte[43]);
    assertThatThrownBy(() -> Tensors.open(file, 0, LAYOUT))
        .hasMessageContaining("43 bytes (expected: >= 44)");
  }
}
