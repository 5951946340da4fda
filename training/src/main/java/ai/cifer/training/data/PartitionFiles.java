package ai.cifer.training.data;

import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes the partitions of a dataset as files that are datasets themselves.
public final class PartitionFiles {

  private PartitionFiles() {}

  /// Writes `client-1.npz`, `client-2.npz`, ... with `x_train` and `y_train` in the types of
  /// `source`.
  ///
  /// @param source an npz file with `x_train` and `y_train`
  /// @param partition of the examples of its training split
  /// @param folder created when it is missing
  /// @return the files, in the order of the clients
  public static List<Path> write(Path source, Partition partition, Path folder)
      throws TrainingException {
    try (NpzFile npz = NpzFile.open(source);
        Arena arena = Arena.ofConfined()) {
      NpyArray features = npz.read("x_train", arena);
      NpyArray labels = npz.read("y_train", arena);
      List<Path> files = new ArrayList<>();
      for (int client = 0; client < partition.clients().size(); client++) {
        Path file = folder.resolve("client-%d.npz".formatted(client + 1));
        write(file, partition.clients().get(client), features, labels);
        files.add(file);
      }
      return files;
    }
  }

  private static void write(Path file, int[] examples, NpyArray features, NpyArray labels)
      throws TrainingException {
    try (NpzWriter npz = NpzWriter.create(file)) {
      npz.write(
          "x_train",
          features.header().withRows(examples.length),
          out -> writeRows(features, examples, out));
      npz.write(
          "y_train",
          labels.header().withRows(examples.length),
          out -> writeRows(labels, examples, out));
      npz.commit();
    } catch (IOException failure) {
      throw new TrainingException("cannot write %s: %s".formatted(file, failure), failure);
    }
  }

  private static void writeRows(NpyArray array, int[] rows, OutputStream out) throws IOException {
    byte[] row = new byte[Math.toIntExact(array.header().rowSize() * array.header().itemBytes())];
    for (int index : rows) {
      MemorySegment.copy(
          array.data(), ValueLayout.JAVA_BYTE, (long) index * row.length, row, 0, row.length);
      out.write(row);
    }
  }
}
