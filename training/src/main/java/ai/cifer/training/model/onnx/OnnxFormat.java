package ai.cifer.training.model.onnx;

import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.ModelSummary;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Models in ONNX's files. They are written only from one of their kind, with other weights.
public final class OnnxFormat implements ModelFormat {

  @Override
  public String name() {
    return "onnx";
  }

  @Override
  public boolean handles(Path file) {
    return file.toString().endsWith(".onnx");
  }

  @Override
  public GlobalModel read(Path file) throws TrainingException {
    try {
      return OnnxFile.read(file).model().open(file);
    } catch (IOException malformed) {
      throw unreadable(file, malformed);
    }
  }

  @Override
  public ModelSummary summary(Path file) throws TrainingException {
    try {
      return OnnxFile.read(file).model().summary(name());
    } catch (IOException malformed) {
      throw unreadable(file, malformed);
    }
  }

  private static TrainingException unreadable(Path file, IOException cause) {
    return cause instanceof NoSuchFileException
        ? new TrainingException("no such file: " + file, cause)
        : new TrainingException(
            "%s: not a readable ONNX file: %s".formatted(file, cause.getMessage()), cause);
  }

  @Override
  public void write(GlobalModel model, Path file) throws TrainingException {
    throw new TrainingException(
        "cannot write %s: an ONNX file arises only from one with the same graph (expected: another format)"
            .formatted(file));
  }

  @Override
  public void rewrite(GlobalModel model, Path original, Path file) throws TrainingException {
    try {
      OnnxFile.read(original).rewrite(original, model.tensors(), file);
    } catch (IOException failure) {
      throw new TrainingException(
          "cannot write %s: %s".formatted(file, failure.getMessage()), failure);
    }
  }
}
