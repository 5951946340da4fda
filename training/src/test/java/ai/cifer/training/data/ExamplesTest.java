package ai.cifer.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Dataset.Batch;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.Target;
import ai.cifer.fedlearn.train.TrainingException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {

  @TempDir Path folder;

  @Test
  void readsBothSplitsOfNumpysFile() throws TrainingException {
    try (Examples train = Examples.open(Fixtures.file("dataset.npz"), Split.TRAIN);
        Examples test = Examples.open(Fixtures.file("dataset.npz"), Split.TEST)) {
      assertThat(train.size()).isEqualTo(9);
      assertThat(train.exampleShape()).containsExactly(4, 4);
      assertThat(train.target()).isEqualTo(new Target.Classes(3, 1));
      assertThat(train.classCounts()).containsExactly(3, 3, 3);
      assertThat(train.labels()).containsExactly(0, 1, 2, 0, 1, 2, 0, 1, 2);
      assertThat(test.size()).isEqualTo(3);
    }
  }

  @Test
  void scalesPixelsByTheRangeOfTheirType() throws Exception {
    Path file = folder.resolve("pixels.npz");
    write(file, NpyHeader.of(NpyType.UINT8, List.of(1L, 3L)), new byte[] {0, 51, (byte) 255}, 0);
    try (Examples dataset = Examples.open(file, Split.TRAIN)) {
      assertThat(first(dataset, 1).features()).containsExactly(0f, 0.2f, 1f);
    }
  }

  @Test
  void refusesIntegersThatAreNoPixels() throws Exception {
    Path file = folder.resolve("integers.npz");
    write(file, NpyHeader.of(NpyType.INT8, List.of(1L, 2L)), new byte[] {7, -2}, 0);
    try (Examples dataset = Examples.open(file, Split.TRAIN)) {
      assertThatThrownBy(() -> first(dataset, 1))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("column x: -2.0 (expected: pixels of 0 to 255.0;");
    }
  }

  @Test
  void namesTheLabelThatIsNoClass() throws Exception {
    Path negative = Fixtures.file("label.npz");
    assertThatThrownBy(() -> Examples.open(negative, Split.TRAIN).close())
        .isInstanceOf(TrainingException.class)
        .hasMessage("label: -3 at index 2 (expected: 0 to 65535)");
    Path file = folder.resolve("twelve.npz");
    write(file, NpyHeader.of(NpyType.UINT8, List.of(3L, 1L)), new byte[3], 1, 9, 12);
    try (Examples dataset = Examples.open(file, Split.TRAIN)) {
      assertThat(dataset.target()).isEqualTo(new Target.Classes(13, 1));
    }
  }

  @Test
  void saysWhichSplitIsMissing() throws Exception {
    Path file = folder.resolve("train.npz");
    write(file, NpyHeader.of(NpyType.UINT8, List.of(1L, 1L)), new byte[1], 0);
    assertThatThrownBy(() -> Examples.open(file, Split.TEST).close())
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            file
                + ": no array x_test (found: [x_train, y_train]); the test split needs x_test and y_test");
  }

  @Test
  void refusesAnotherNumberOfLabels() throws Exception {
    Path file = folder.resolve("short.npz");
    write(file, NpyHeader.of(NpyType.UINT8, List.of(2L, 1L)), new byte[2], 0);
    assertThatThrownBy(() -> Examples.open(file, Split.TRAIN).close())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("y_train: int64[1] (expected: one label for each of 2 examples)");
  }

  @Test
  void aShuffledPassHasEveryExampleOnceAndItsOrderIsTheSeeds() throws Exception {
    Path file = folder.resolve("hundred.npz");
    byte[] values = new byte[100];
    long[] labels = new long[100];
    for (int i = 0; i < 100; i++) {
      values[i] = (byte) i;
      labels[i] = i;
    }
    write(file, NpyHeader.of(NpyType.UINT8, List.of(100L, 1L)), values, labels);
    try (Examples dataset = Examples.open(file, Split.TRAIN)) {
      List<Integer> first = order(dataset, 5);
      assertThat(first).isEqualTo(order(dataset, 5)).isNotEqualTo(order(dataset, 6));
      assertThat(first).doesNotHaveDuplicates().hasSize(100);
      List<Integer> sizes = new ArrayList<>();
      forEach(
          dataset.batches(30, Seeds.generator(5)),
          batch -> {
            sizes.add(batch.size());
            for (int i = 0; i < batch.size(); i++) {
              assertThat(batch.features()[i]).isEqualTo(batch.labels()[i] / 255f);
            }
          });
      assertThat(sizes).containsExactly(30, 30, 30, 10);
    }
  }

  private static List<Integer> order(Examples dataset, long seed) throws TrainingException {
    List<Integer> labels = new ArrayList<>();
    forEach(
        dataset.batches(7, Seeds.generator(seed)),
        batch -> Arrays.stream(batch.labels()).forEach(labels::add));
    return labels;
  }

  private static Batch first(Dataset dataset, int size) throws TrainingException {
    try (Dataset.Batches batches = dataset.batches(size, null)) {
      return Objects.requireNonNull(batches.next());
    }
  }

  private static void forEach(Dataset.Batches batches, Consumer<Batch> action)
      throws TrainingException {
    for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
      action.accept(batch);
    }
  }

  @Test
  void theSummaryShowsShapesAndBalance() throws TrainingException {
    DataSummary summary = DataSummary.of(Fixtures.file("dataset.npz"));
    assertThat(summary.arrays().getFirst())
        .extracting(
            DataSummary.ArrayInfo::name,
            DataSummary.ArrayInfo::type,
            DataSummary.ArrayInfo::shape,
            DataSummary.ArrayInfo::dataBytes)
        .containsExactly("x_train", "uint8", List.of(9L, 4L, 4L), 144L);
    assertThat(Objects.requireNonNull(summary.splits().get(Split.TEST)).classCounts())
        .containsExactly(1L, 1L, 1L);
  }

  @Test
  void partitionsAreDatasetsWithTheSameExamples() throws TrainingException {
    Path source = Fixtures.file("dataset.npz");
    Partition partition = Partition.iid(9, 2, 3);
    List<Path> files = PartitionFiles.write(source, partition, folder.resolve("parts"));
    assertThat(files)
        .extracting(file -> String.valueOf(file.getFileName()))
        .containsExactly("client-1.npz", "client-2.npz");
    try (Examples whole = Examples.open(source, Split.TRAIN)) {
      Batch all = first(whole, 9);
      for (int client = 0; client < 2; client++) {
        try (Examples part = Examples.open(files.get(client), Split.TRAIN)) {
          Batch batch = first(part, 9);
          int[] examples = partition.clients().get(client);
          assertThat(batch.size()).isEqualTo(examples.length);
          for (int i = 0; i < examples.length; i++) {
            assertThat(batch.labels()[i]).isEqualTo(all.labels()[examples[i]]);
            assertThat(Arrays.copyOfRange(batch.features(), 16 * i, 16 * i + 16))
                .isEqualTo(
                    Arrays.copyOfRange(all.features(), 16 * examples[i], 16 * examples[i] + 16));
          }
        }
      }
    }
  }

  private static void write(Path file, NpyHeader header, byte[] features, long... labels)
      throws Exception {
    try (NpzWriter npz = NpzWriter.create(file)) {
      MemorySegment values = MemorySegment.ofArray(features);
      assertThat(values.toArray(ValueLayout.JAVA_BYTE)).hasSize((int) header.dataBytes());
      npz.write("x_train", header, values);
      npz.write("y_train", labels);
      npz.commit();
    }
  }
}
