package ai.cifer.training.model.torch;

import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.ModelSummary;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Models in PyTorch's `.pt` and `.pth` files: state dicts, and TorchScript with its values.
public final class TorchFormat implements ModelFormat {

  @Override
  public String name() {
    return "pt";
  }

  @Override
  public boolean handles(Path file) {
    return file.toString().endsWith(".pt") || file.toString().endsWith(".pth");
  }

  @Override
  public GlobalModel read(Path file) throws TrainingException {
    try {
      return TorchFile.read(file).model().open(file);
    } catch (IOException malformed) {
      throw unreadable(file, malformed);
    }
  }

  @Override
  public ModelSummary summary(Path file) throws TrainingException {
    try {
      TorchFile read = TorchFile.read(file);
      return read.model().summary(read.graph().isPresent() ? "TorchScript" : "state dict");
    } catch (IOException malformed) {
      throw unreadable(file, malformed);
    }
  }

  private static TrainingException unreadable(Path file, IOException cause) {
    return cause instanceof NoSuchFileException
        ? new TrainingException("no such file: " + file, cause)
        : new TrainingException(
            "%s: not a readable PyTorch file: %s".formatted(file, cause.getMessage()), cause);
  }

  @Override
  public void write(GlobalModel model, Path file) throws TrainingException {
    try {
      StateDictWriter.write(model.tensors(), file);
    } catch (IOException failure) {
      throw new TrainingException("cannot write %s: %s".formatted(file, failure), failure);
    }
  }

  @Override
  public void rewrite(GlobalModel model, Path original, Path file) throws TrainingException {
    try {
      TorchFile.read(original).rewrite(original, model.tensors(), file);
    } catch (IOException failure) {
      throw new TrainingException(
          "cannot write %s: %s".formatted(file, failure.getMessage()), failure);
    }
  }
}
