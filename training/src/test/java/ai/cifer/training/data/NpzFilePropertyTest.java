package ai.cifer.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class NpzFilePropertyTest {

  @Property(tries = 200)
  void whatIsWrittenIsRead(
      @ForAll NpyType type,
      @ForAll @Size(max = 4) List<@LongRange(min = 0, max = 5) Long> shape,
      @ForAll long seed)
      throws Exception {
    NpyHeader header = type == NpyType.TEXT ? NpyHeader.text(5) : NpyHeader.of(type, shape);
    byte[] values = new byte[(int) header.dataBytes()];
    RandomGenerator random = Seeds.generator(seed);
    random.nextBytes(values);
    Path file = Files.createTempFile("round", ".npz");
    try {
      try (NpzWriter writer = NpzWriter.create(file)) {
        writer.write(
            "first", NpyHeader.of(NpyType.INT8, List.of(1L)), MemorySegment.ofArray(new byte[1]));
        writer.write("values", header, MemorySegment.ofArray(values));
        writer.commit();
      }
      try (NpzFile npz = NpzFile.open(file);
          Arena arena = Arena.ofConfined()) {
        assertThat(npz.names()).containsExactly("first", "values");
        NpyArray array = npz.read("values", arena);
        assertThat(array.header()).isEqualTo(header);
        assertThat(array.data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(values);
      }
    } finally {
      Files.delete(file);
    }
  }

  @Property(tries = 50)
  void aDraftThatIsNotCommittedLeavesNothing(@ForAll @IntRange(max = 3) int arrays)
      throws Exception {
    Path folder = Files.createTempDirectory("draft");
    try {
      try (NpzWriter writer = NpzWriter.create(folder.resolve("a.npz"))) {
        for (int i = 0; i < arrays; i++) {
          writer.write("a" + i, new long[] {i});
        }
      }
      try (var files = Files.list(folder)) {
        assertThat(files).isEmpty();
      }
    } finally {
      Files.delete(folder);
    }
  }
}
