package ai.cifer.training.data;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Rows of an npz file: `x_train` and `y_train`, and `x_test` and `y_test` where it holds a test
/// set; or `x` and `y`.
final class NpzRows {

  private NpzRows() {}

  static Rows open(Path file, Split split) throws TrainingException {
    try (NpzFile npz = NpzFile.open(file)) {
      boolean divided = !npz.names().containsAll(Set.of("x", "y"));
      String suffix = divided ? "_" + split.name().toLowerCase(Locale.ROOT) : "";
      if (divided) {
        requireArrays(file, npz.names(), suffix);
      }
      Arena arena = Arena.ofShared();
      try {
        NpyHeader header = npz.header("x" + suffix);
        requireRows("x" + suffix, header);
        requireLabels("y" + suffix, npz.header("y" + suffix), header.shape().getFirst());
        return new ArrayRows(
            arena,
            List.of(
                new ArrayRows.Part("x", npz.read("x" + suffix, arena)),
                new ArrayRows.Part("y", npz.read("y" + suffix, arena))),
            1,
            divided);
      } catch (TrainingException failure) {
        arena.close();
        throw new TrainingException(inFile(file, failure), failure);
      } catch (RuntimeException failure) {
        arena.close();
        throw failure;
      }
    }
  }

  private static String inFile(Path file, TrainingException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.startsWith(file.toString()) ? message : file + ": " + message;
  }

  private static void requireArrays(Path file, Set<String> names, String suffix)
      throws TrainingException {
    for (String name : List.of("x" + suffix, "y" + suffix)) {
      if (!names.contains(name)) {
        throw new TrainingException(
            "%s: no array %s (found: %s); the %s split needs x%s and y%s"
                .formatted(file, name, names, suffix.substring(1), suffix, suffix));
      }
    }
  }

  static void requireRows(String name, NpyHeader header) throws TrainingException {
    if (header.type() == NpyType.TEXT || header.shape().isEmpty() || header.size() < 1) {
      throw new TrainingException(
          "%s: %s (expected: numbers, at least one example)".formatted(name, header));
    }
    if (header.rowSize() > Integer.MAX_VALUE || header.shape().getFirst() > Integer.MAX_VALUE) {
      throw new TrainingException(
          "%s: %s (expected: fewer than 2^31 examples and values in one)".formatted(name, header));
    }
  }

  static void requireLabels(String name, NpyHeader header, long rows) throws TrainingException {
    requireRows(name, header);
    if (header.shape().getFirst() != rows) {
      throw new TrainingException(
          "%s: %s (expected: one label for each of %d examples)".formatted(name, header, rows));
    }
  }
}
