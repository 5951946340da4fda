package ai.cifer.fedlearn.train;

import java.nio.file.Path;

/// Reads and writes model files; found by `ServiceLoader`, chosen by the file's name.
public interface ModelFormat {

  /// The word for this format, for example `safetensors`.
  String name();

  /// Whether this format reads and writes files of this name.
  boolean handles(Path file);

  /// Opens a model, mapped or streamed: costs no memory in the size of the model where the format
  /// allows it. The architecture comes from the file's metadata.
  ///
  /// @throws TrainingException if the file is missing, malformed, or names no architecture
  GlobalModel read(Path file) throws TrainingException;

  /// Writes `model` beside `file` and renames it there, so that a half-written file never bears the
  /// name.
  void write(GlobalModel model, Path file) throws TrainingException;
}
