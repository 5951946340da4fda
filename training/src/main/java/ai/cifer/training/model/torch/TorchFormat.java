package ai.cifer.training.model.torch;

import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.ModelSummary;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// Models in PyTorch's `.pt` and `.pth` files: state dicts, and TorchScript with its values, which
/// some call `.jit`.
public final class TorchFormat implements ModelFormat {

  private static final List<String> ENDINGS = List.of(".pt", ".pth", ".jit");

  @Override
  public String name() {
    return "pt";
  }

  @Override
  public boolean handles(Path file) {
    return ENDINGS.stream().anyMatch(file.toString()::endsWith);
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
      return read.graph().isPresent()
          ? read.model().summary("TorchScript", name -> !read.learning().contains(name))
          : read.model().summary("state dict");
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
