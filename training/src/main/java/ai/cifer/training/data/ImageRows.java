package ai.cifer.training.data;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// A folder with a folder of PNG or JPEG images for each class, or with `train` and `test` of such
/// folders. Classes are numbered by ascending names. An image is decoded whenever it is read.
final class ImageRows implements Rows {

  private static final int MAX_FILE_BYTES = 1 << 25;
  private static final int MAX_FILES = 1 << 24;
  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");

  private final List<Path> files;
  private final int[] labels;
  private final List<Column> columns;
  private final Images.Size size;
  private final boolean divided;

  private ImageRows(
      List<Path> files, int[] labels, List<String> classes, Images.Size size, boolean divided) {
    this.files = files;
    this.labels = labels;
    this.size = size;
    this.divided = divided;
    columns =
        List.of(
            new Column("x", "image", size.shape(), Column.Kind.INTEGER, List.of(), 0),
            new Column("y", "folder", List.of(), Column.Kind.INTEGER, classes, 0));
  }

  /// Lists the images; the first one says their size.
  ///
  /// @throws TrainingException if there are none, or one lies outside of the folder
  static ImageRows open(Path folder, Split split) throws TrainingException {
    boolean divided = Files.isDirectory(folder.resolve("train"));
    Path root = divided ? folder.resolve(split.name().toLowerCase(Locale.ROOT)) : folder;
    try {
      List<Path> classes = listed(root).stream().filter(Files::isDirectory).toList();
      List<Path> files = new ArrayList<>();
      List<Integer> labels = new ArrayList<>();
      for (int i = 0; i < classes.size(); i++) {
        for (Path file : listed(classes.get(i))) {
          if (isImage(file)) {
            requireInside(file, root);
            files.add(file);
            labels.add(i);
          }
        }
        if (files.size() > MAX_FILES) {
          throw new IOException("more than %d images".formatted(MAX_FILES));
        }
      }
      if (files.isEmpty()) {
        throw new IOException(
            "no images (expected: a folder for each class, with .png, .jpg or .jpeg files)");
      }
      return new ImageRows(
          files,
          labels.stream().mapToInt(Integer::intValue).toArray(),
          classes.stream().map(path -> String.valueOf(path.getFileName())).toList(),
          size(files.getFirst()),
          divided);
    } catch (IOException unreadable) {
      throw new TrainingException(
          "%s: not a folder of images: %s".formatted(root, unreadable.getMessage()), unreadable);
    }
  }

  private static List<Path> listed(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.filter(path -> !isHidden(path)).sorted().toList();
    }
  }

  private static boolean isHidden(Path path) {
    return String.valueOf(path.getFileName()).startsWith(".");
  }

  private static boolean isImage(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith);
  }

  /// A link that leads out of the folder would make anything on the disk training data.
  private static void requireInside(Path file, Path root) throws IOException {
    if (!file.toRealPath().startsWith(root.toRealPath())) {
      throw new IOException("%s is a link out of the folder (expected: a file)".formatted(file));
    }
  }

  private static Images.Size size(Path file) throws IOException {
    try {
      return Images.size(bytes(file));
    } catch (IOException malformed) {
      throw new IOException("%s: %s".formatted(file, malformed.getMessage()), malformed);
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new IOException(
          "%d bytes (expected: at most %d)".formatted(Files.size(file), MAX_FILE_BYTES));
    }
    return Files.readAllBytes(file);
  }

  /// The same images, brought to `wanted`.
  ImageRows resized(Images.Size wanted) {
    return new ImageRows(files, labels, columns.get(1).categories(), wanted, divided);
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public long size() {
    return files.size();
  }

  @Override
  public int label() {
    return 1;
  }

  @Override
  public boolean divided() {
    return divided;
  }

  @Override
  public void read(long row, int column, float[] out, int at) throws TrainingException {
    if (column == 1) {
      out[at] = labels[(int) row];
      return;
    }
    Path file = files.get((int) row);
    try {
      Images.decode(bytes(file), size, out, at);
    } catch (IOException malformed) {
      throw new TrainingException("%s: %s".formatted(file, malformed.getMessage()), malformed);
    }
  }

  @Override
  public void close() {}
}
