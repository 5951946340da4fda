package ai.cifer.training.data;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes the partitions of a dataset as files that are datasets themselves, row by row.
public final class PartitionFiles {

  private final Path folder;
  private final Partition partition;

  private PartitionFiles(Path folder, Partition partition) {
    this.folder = folder;
    this.partition = partition;
  }

  /// Writes `client-1`, `client-2`, ...: CSV files where `source` is one, with its header, else npz
  /// files with `x_train` and `y_train`, from an npz file in its own types.
  ///
  /// @param source data whose training split has a label
  /// @param partition of the examples of its training split
  /// @param folder created when it is missing
  /// @return the files, in the order of the clients
  public static List<Path> write(Path source, Partition partition, Path folder)
      throws TrainingException {
    PartitionFiles files = new PartitionFiles(folder, partition);
    DataFormats format = DataFormats.of(source);
    try {
      return switch (format) {
        case CSV -> CsvParts.write(source, partition, files.paths(".csv"));
        case NPZ -> files.writeArrays(source);
        case NPY, TFRECORD, IDX, IMAGES -> files.writeRows(source);
      };
    } catch (IOException failure) {
      throw new TrainingException("cannot write into %s: %s".formatted(folder, failure), failure);
    }
  }

  private List<Path> paths(String ending) {
    List<Path> paths = new ArrayList<>();
    for (int client = 1; client <= partition.clients().size(); client++) {
      paths.add(folder.resolve("client-" + client + ending));
    }
    return paths;
  }

  private List<Path> writeArrays(Path source) throws TrainingException, IOException {
    try (NpzFile npz = NpzFile.open(source);
        Arena arena = Arena.ofShared()) {
      String suffix = npz.names().contains("x_train") ? "_train" : "";
      NpyArray features = npz.read("x" + suffix, arena);
      NpyArray labels = npz.read("y" + suffix, arena);
      return write(
          features.header(),
          labels.header(),
          (row, out) -> {
            byte[] bytes = new byte[rowBytes(features.header())];
            features.rowBytes(row, bytes);
            out.write(bytes);
          },
          (row, out) -> {
            byte[] bytes = new byte[rowBytes(labels.header())];
            labels.rowBytes(row, bytes);
            out.write(bytes);
          });
    }
  }

  private static int rowBytes(NpyHeader header) {
    return Math.toIntExact(header.rowSize() * header.itemBytes());
  }

  /// All features of a row in one array: bytes where they are pixels of 0 to 255, else float32.
  private List<Path> writeRows(Path source) throws TrainingException, IOException {
    try (Table table = Table.open(source, Split.TRAIN)) {
      Rows rows = table.rows();
      int label = rows.label();
      if (label < 0) {
        throw new TrainingException(source + ": no column is the label (expected: one)");
      }
      List<Column> features = new ArrayList<>(rows.columns());
      features.remove(label);
      boolean pixels = features.stream().allMatch(PartitionFiles::isPixels);
      List<Long> shape = new ArrayList<>();
      shape.add(rows.size());
      if (features.size() == 1) {
        features.getFirst().shape().forEach(dimension -> shape.add((long) dimension));
      } else {
        shape.add((long) features.stream().mapToInt(Column::width).sum());
      }
      NpyHeader x = NpyHeader.of(pixels ? NpyType.UINT8 : NpyType.FLOAT32, shape);
      NpyHeader y = NpyHeader.of(NpyType.FLOAT32, List.of(rows.size()));
      boolean whole = rows.columns().get(label).width() == 1;
      if (!whole) {
        throw new TrainingException(source + ": several labels an example (expected: one)");
      }
      float[] values = new float[Math.toIntExact(x.rowSize())];
      float[] one = new float[1];
      return write(
          x,
          NpyHeader.of(NpyType.INT64, y.shape()),
          (row, out) -> {
            int at = 0;
            for (int i = 0; i < rows.columns().size(); i++) {
              if (i != label) {
                rows.read(row, i, values, at);
                at += rows.columns().get(i).width();
              }
            }
            out.write(bytes(values, pixels));
          },
          (row, out) -> {
            rows.read(row, label, one, 0);
            out.write(label(one[0], row));
          });
    }
  }

  private static boolean isPixels(Column column) {
    return List.of("uint8", "image", "bytes").contains(column.type());
  }

  private static byte[] bytes(float[] values, boolean pixels) {
    ByteBuffer out =
        ByteBuffer.allocate(values.length * (pixels ? 1 : Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      if (pixels) {
        out.put((byte) value);
      } else {
        out.putFloat(value);
      }
    }
    return out.array();
  }

  private static byte[] label(float value, long row) throws IOException {
    if (value != (long) value) {
      throw new IOException("label: %s at index %d (expected: an integer)".formatted(value, row));
    }
    return ByteBuffer.allocate(Long.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong((long) value)
        .array();
  }

  /// Writes one row.
  @FunctionalInterface
  private interface RowWriter {
    void write(long row, OutputStream out) throws IOException, TrainingException;
  }

  private List<Path> write(NpyHeader x, NpyHeader y, RowWriter features, RowWriter labels)
      throws TrainingException, IOException {
    List<Path> files = paths(".npz");
    for (int client = 0; client < files.size(); client++) {
      int[] rows = partition.clients().get(client);
      try (NpzWriter npz = NpzWriter.create(files.get(client))) {
        npz.write("x_train", x.withRows(rows.length), out -> writeAll(rows, features, out));
        npz.write("y_train", y.withRows(rows.length), out -> writeAll(rows, labels, out));
        npz.commit();
      }
    }
    return files;
  }

  private static void writeAll(int[] rows, RowWriter writer, OutputStream out) throws IOException {
    OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
    for (int row : rows) {
      try {
        writer.write(row, buffered);
      } catch (TrainingException unreadable) {
        throw new IOException(unreadable.getMessage(), unreadable);
      }
    }
    buffered.flush();
  }

  /// Writes the rows of a CSV file as they stand there.
  private static final class CsvParts {

    private CsvParts() {}

    static List<Path> write(Path source, Partition partition, List<Path> files) throws IOException {
      int[] owner = owners(partition);
      List<ReplacedFile> drafts = new ArrayList<>();
      List<OutputStream> outs = new ArrayList<>();
      try (CsvReader csv = new CsvReader(DataInput.open(source), CsvRows.dialect(source))) {
        for (Path file : files) {
          drafts.add(ReplacedFile.of(file));
          outs.add(new BufferedOutputStream(Files.newOutputStream(drafts.getLast().draft())));
        }
        if (CsvRows.dialect(source).header() && csv.nextRow()) {
          byte[] header = csv.row();
          for (OutputStream out : outs) {
            out.write(header);
          }
        }
        for (int row = 0; csv.nextRow(); row++) {
          outs.get(owner[row]).write(csv.row());
        }
        for (int i = 0; i < files.size(); i++) {
          outs.get(i).close();
          drafts.get(i).commit();
        }
        return files;
      } finally {
        for (OutputStream out : outs) {
          out.close();
        }
        for (ReplacedFile draft : drafts) {
          draft.close();
        }
      }
    }

    private static int[] owners(Partition partition) {
      int[] owner = new int[partition.clients().stream().mapToInt(part -> part.length).sum()];
      for (int client = 0; client < partition.clients().size(); client++) {
        for (int row : partition.clients().get(client)) {
          owner[row] = client;
        }
      }
      return owner;
    }
  }
}
