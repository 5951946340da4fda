package ai.cifer.training.model;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Room for the values of a model that cannot be mapped where they lie.
final class ModelMemory {

  /// Up to here a copy in memory is cheaper than a file.
  private static final long MAPPED_BYTES = 256L << 20;

  private ModelMemory() {}

  /// Memory, or above [#MAPPED_BYTES] a temporary file beside `file`: it costs disk and not memory.
  static Tensors allocate(Path file, ModelLayout layout) throws TrainingException {
    if (4 * layout.parameters() <= MAPPED_BYTES) {
      return Tensors.allocate(layout);
    }
    try {
      Path folder = file.toAbsolutePath().getParent();
      Path copy = Files.createTempFile(folder, "model", ".part");
      try {
        return Tensors.create(copy, layout);
      } finally {
        // A mapping outlives the name of its file; where it does not, the file goes at exit.
        copy.toFile().deleteOnExit();
        deleteQuietly(copy);
      }
    } catch (IOException failure) {
      throw new TrainingException("cannot read %s: %s".formatted(file, failure), failure);
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException inUse) {
      System.getLogger(ModelMemory.class.getName())
          .log(System.Logger.Level.DEBUG, "deleting " + file, inUse);
    }
  }
}
