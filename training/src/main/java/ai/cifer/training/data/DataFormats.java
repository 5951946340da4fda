package ai.cifer.training.data;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// The formats of data files, told apart by the file's name and, where that says nothing, by its
/// first bytes.
enum DataFormats {
  NPZ("npz"),
  NPY("npy"),
  CSV("csv"),
  TFRECORD("tfrecord"),
  IDX("idx"),
  IMAGES("images");

  private final String word;

  DataFormats(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }

  /// @throws TrainingException if the file is missing or its format unknown
  static DataFormats of(Path file) throws TrainingException {
    if (Files.isDirectory(file)) {
      return IdxRows.isFolder(file) ? IDX : IMAGES;
    }
    String name = DataInput.name(file);
    if (name.endsWith(".npz")) {
      return NPZ;
    }
    if (name.endsWith(".npy")) {
      return NPY;
    }
    if (name.endsWith(".csv") || name.endsWith(".tsv") || name.endsWith(".txt")) {
      return CSV;
    }
    if (name.contains(".tfrecord")) {
      return TFRECORD;
    }
    if (name.endsWith("-ubyte") || name.endsWith(".idx")) {
      return IDX;
    }
    return byFirstBytes(file);
  }

  private static DataFormats byFirstBytes(Path file) throws TrainingException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(4);
      if (start.length == 4 && start[0] == 'P' && start[1] == 'K') {
        return NPZ;
      }
      if (start.length == 4 && start[0] == (byte) 0x93 && start[1] == 'N') {
        return NPY;
      }
    } catch (IOException unreadable) {
      throw unreadable(file, "data", unreadable);
    }
    throw new TrainingException(
        "%s: format unknown (expected: .npz, .npy, .csv, .tsv, .tfrecord, .idx or ...-ubyte, each but the first two also with .gz, or a folder of images by class)"
            .formatted(file));
  }

  /// Opens the rows of one split.
  Rows open(Path file, Split split) throws TrainingException {
    return switch (this) {
      case NPZ -> NpzRows.open(file, split);
      case NPY -> NpyRows.open(file);
      case CSV -> CsvRows.open(file);
      case TFRECORD -> TfRecordRows.open(file);
      case IDX -> IdxRows.open(file, split);
      case IMAGES -> ImageRows.open(file, split);
    };
  }

  static TrainingException unreadable(Path file, String format, Exception cause) {
    if (cause instanceof NoSuchFileException) {
      return new TrainingException("no such file: " + file, cause);
    }
    return new TrainingException(
        "%s: not a readable %s file: %s".formatted(file, format, cause.getMessage()), cause);
  }
}
