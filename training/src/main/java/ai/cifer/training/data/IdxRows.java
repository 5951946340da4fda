package ai.cifer.training.data;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Rows of a pair of IDX files, the form of MNIST: images in `...images-idx3-ubyte`, labels in
/// `...labels-idx1-ubyte` beside it, each also as `.gz`.
///
/// ```
/// +------+------+------+------------+------------------+-----------------------+
/// | 0    | 0    | type | dimensions | sizes, u32 each  | values, big endian    |
/// +------+------+------+------------+------------------+-----------------------+
/// ```
///
/// A folder holds `train-...` and `t10k-...` or `test-...`.
///
/// @see <a href="https://web.archive.org/web/20220331130319/http://yann.lecun.com/exdb/mnist/">The
///   MNIST database: file format</a>
final class IdxRows {

  private static final List<String> IMAGES = List.of("images-idx3-ubyte", "images.idx");

  private IdxRows() {}

  static boolean isFolder(Path folder) {
    return IMAGES.stream()
        .anyMatch(end ->
            Files.exists(folder.resolve("train-" + end))
                || Files.exists(folder.resolve("train-" + end + ".gz")));
  }

  /// @param path the file of the images, or a folder
  static Rows open(Path path, Split split) throws TrainingException {
    boolean folder = Files.isDirectory(path);
    Path images = folder ? find(path, split) : path;
    Arena arena = Arena.ofShared();
    try {
      NpyArray x = read(images, arena);
      NpzRows.requireRows("images", x.header());
      NpyArray y = read(labels(images), arena);
      NpzRows.requireLabels("labels", y.header(), x.header().shape().getFirst());
      return new ArrayRows(
          arena, List.of(new ArrayRows.Part("x", x), new ArrayRows.Part("y", y)), 1, folder);
    } catch (IOException | TrainingException | RuntimeException failure) {
      arena.close();
      if (failure instanceof RuntimeException unexpected) {
        throw unexpected;
      }
      throw DataFormats.unreadable(images, "IDX", failure);
    }
  }

  private static Path find(Path folder, Split split) throws TrainingException {
    List<String> starts = split == Split.TRAIN ? List.of("train-") : List.of("t10k-", "test-");
    for (String start : starts) {
      for (String end : IMAGES) {
        for (String compression : List.of("", ".gz")) {
          Path file = folder.resolve(start + end + compression);
          if (Files.exists(file)) {
            return file;
          }
        }
      }
    }
    throw new TrainingException(
        "%s: no IDX images of the %s split (expected: %s%s)"
            .formatted(
                folder,
                split.name().toLowerCase(Locale.ROOT),
                starts.getFirst(),
                IMAGES.getFirst()));
  }

  private static Path labels(Path images) throws IOException {
    String name = String.valueOf(images.getFileName());
    Path labels = images.resolveSibling(name.replace("images", "labels").replace("idx3", "idx1"));
    if (labels.equals(images) || !Files.exists(labels)) {
      throw new IOException(
          "no labels beside it (expected: %s)"
              .formatted(labels.equals(images) ? "images in its name" : labels.getFileName()));
    }
    return labels;
  }

  private static NpyArray read(Path file, Arena arena) throws IOException {
    try (InputStream in = DataInput.open(file);
        Spool spool = Spool.create()) {
      NpyHeader header = header(new DataInputStream(in));
      long room =
          DataInput.isCompressed(file)
              ? Math.max(BoundedInflation.FREE_BYTES, Files.size(file) * BoundedInflation.MAX_RATIO)
              : Files.size(file);
      if (header.dataBytes() > room) {
        throw new IOException("truncated: shape %s".formatted(header));
      }
      long copied = in.transferTo(spool);
      if (copied != header.dataBytes()) {
        throw new IOException(
            "%d bytes with shape %s (expected: %d)".formatted(copied, header, header.dataBytes()));
      }
      return new NpyArray(header, spool.map(arena));
    }
  }

  private static NpyHeader header(DataInputStream in) throws IOException {
    try {
      if (in.readUnsignedShort() != 0) {
        throw new IOException("not IDX: it does not begin with two zeros");
      }
      int code = in.readUnsignedByte();
      NpyType type =
          switch (code) {
            case 0x08 -> NpyType.UINT8;
            case 0x09 -> NpyType.INT8;
            case 0x0B -> NpyType.INT16;
            case 0x0C -> NpyType.INT32;
            case 0x0D -> NpyType.FLOAT32;
            case 0x0E -> NpyType.FLOAT64;
            default ->
                throw new IOException(
                    "type: 0x%02x (expected: 0x08, 0x09, 0x0b to 0x0e)".formatted(code));
          };
      int dimensions = in.readUnsignedByte();
      List<Long> shape = new ArrayList<>();
      for (int i = 0; i < dimensions; i++) {
        shape.add(Integer.toUnsignedLong(in.readInt()));
      }
      if (dimensions < 1 || dimensions > 4) {
        throw new IOException("dimensions: %d (expected: 1 to 4)".formatted(dimensions));
      }
      NpyHeaderText.checkSize(shape, type.unitBytes());
      return new NpyHeader(type, ByteOrder.BIG_ENDIAN, type.unitBytes(), false, shape);
    } catch (EOFException end) {
      throw new IOException("truncated in the header", end);
    }
  }
}
