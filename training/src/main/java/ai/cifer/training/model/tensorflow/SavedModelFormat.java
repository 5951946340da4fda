package ai.cifer.training.model.tensorflow;

import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.ModelSummary;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Models in TensorFlow's SavedModel folders. They are written only from one of their kind, with
/// other values of its variables.
public final class SavedModelFormat implements ModelFormat {

  @Override
  public String name() {
    return "savedmodel";
  }

  @Override
  public boolean handles(Path file) {
    return SavedModelFolder.isOne(file);
  }

  @Override
  public GlobalModel read(Path file) throws TrainingException {
    try {
      SavedModelFolder.requireIntact(file);
      return SavedModelFolder.read(file).model().open(file);
    } catch (IOException malformed) {
      throw unreadable(file, malformed);
    }
  }

  @Override
  public ModelSummary summary(Path file) throws TrainingException {
    try {
      SavedModelFolder read = SavedModelFolder.read(file);
      return read.model()
          .summary("SavedModel", read.buffers()::contains)
          .withSignatures(read.signatures().stream().map(Signature::toString).toList());
    } catch (IOException malformed) {
      throw unreadable(file, malformed);
    }
  }

  private static TrainingException unreadable(Path file, IOException cause) {
    return cause instanceof NoSuchFileException missing
        ? new TrainingException("no such file: " + missing.getFile(), cause)
        : new TrainingException(
            "%s: not a readable SavedModel: %s".formatted(file, cause.getMessage()), cause);
  }

  @Override
  public void write(GlobalModel model, Path file) throws TrainingException {
    throw new TrainingException(
        "cannot write %s: a SavedModel arises only from one with the same graph (expected: another format)"
            .formatted(file));
  }

  @Override
  public void copy(Path file, Path target) throws IOException {
    for (var part : SavedModelFolder.parts(file).entrySet()) {
      Path copy = target.resolve(part.getKey());
      Files.createDirectories(copy.getParent());
      Files.copy(part.getValue(), copy);
    }
  }

  @Override
  public void rewrite(GlobalModel model, Path original, Path file) throws TrainingException {
    try {
      SavedModelFolder.rewrite(original, model.tensors(), file);
    } catch (IOException failure) {
      throw new TrainingException(
          "cannot write %s: %s".formatted(file, failure.getMessage()), failure);
    }
  }
}
