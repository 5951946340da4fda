package ai.cifer.fedlearn.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Reads and writes model files; found by `ServiceLoader`, chosen by the file's name.
public interface ModelFormat {

  /// The word for this format, for example `safetensors`.
  String name();

  /// Whether this format reads and writes files of this name.
  boolean handles(Path file);

  /// Opens a model, mapped or streamed: costs no memory in the size of the model where the format
  /// allows it. The architecture comes from the file; where it names none it is
  /// [GlobalModel#TENSORS_ONLY].
  ///
  /// @throws TrainingException if the file is missing or malformed
  GlobalModel read(Path file) throws TrainingException;

  /// What the file holds.
  ///
  /// @throws TrainingException if the file is missing or malformed
  ModelSummary summary(Path file) throws TrainingException;

  /// Writes `model` beside `file` and renames it there, so that a half-written file never bears the
  /// name.
  ///
  /// @throws TrainingException also if files of this format only arise from another one of it
  void write(GlobalModel model, Path file) throws TrainingException;

  /// Copies all files of a model, as an original for [#rewrite]: one file to `target`, several into
  /// a folder of that name.
  ///
  /// @throws TrainingException if it names files that it does not have
  default void copy(Path file, Path target) throws IOException, TrainingException {
    Files.copy(file, target);
    if (Files.isDirectory(file)) {
      try (Stream<Path> inside = Files.list(file)) {
        for (Path each : inside.filter(Files::isRegularFile).toList()) {
          Files.copy(each, target.resolve(each.getFileName()));
        }
      }
    }
  }

  /// Writes what `original` holds with the values of `model`: its types, its order and whatever
  /// else is in it stay. The framework that wrote the original opens the result.
  ///
  /// @param original a file of this format; may be `file` itself
  /// @throws TrainingException if the tensors are not those of the original
  void rewrite(GlobalModel model, Path original, Path file) throws TrainingException;
}
