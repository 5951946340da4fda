package ai.cifer.training.model.keras;

import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.ModelSummary;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Models in Keras's files: `.h5` of Keras 2 and 3, `.keras` and `.weights.h5`.
///
/// They are written only from one of their kind, with other weights.
public final class KerasFormat implements ModelFormat {

  @Override
  public String name() {
    return "keras";
  }

  @Override
  public boolean handles(Path file) {
    String name = file.toString();
    return name.endsWith(".keras") || name.endsWith(".h5") || name.endsWith(".hdf5");
  }

  @Override
  public GlobalModel read(Path file) throws TrainingException {
    try {
      return opened(file).model().open(file);
    } catch (IOException malformed) {
      throw unreadable(file, malformed);
    }
  }

  @Override
  public ModelSummary summary(Path file) throws TrainingException {
    try {
      return opened(file)
          .model()
          .summary(
              name(),
              tensor -> KerasLayer.isStatistic(tensor.substring(tensor.lastIndexOf('/') + 1)));
    } catch (IOException malformed) {
      throw unreadable(file, malformed);
    }
  }

  private static KerasFile opened(Path file) throws IOException, TrainingException {
    if (!Files.exists(file)) {
      throw new TrainingException("no such file: " + file);
    }
    return KerasFile.read(file);
  }

  private static TrainingException unreadable(Path file, IOException cause) {
    return new TrainingException(
        "%s: not a readable Keras file: %s".formatted(file, cause.getMessage()), cause);
  }

  @Override
  public void write(GlobalModel model, Path file) throws TrainingException {
    throw new TrainingException(
        "cannot write %s: a Keras file arises only from one with the same layers (expected: another format)"
            .formatted(file));
  }

  @Override
  public void rewrite(GlobalModel model, Path original, Path file) throws TrainingException {
    try {
      opened(original).rewrite(original, model.tensors(), file);
    } catch (IOException failure) {
      throw new TrainingException(
          "cannot write %s: %s".formatted(file, failure.getMessage()), failure);
    }
  }
}
