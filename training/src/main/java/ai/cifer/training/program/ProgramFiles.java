package ai.cifer.training.program;

import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.model.NpzFormat;
import ai.cifer.training.model.SafetensorsFormat;
import java.nio.file.Path;
import java.util.List;

/// The model files that go between client and program.
final class ProgramFiles {

  private static final List<ModelFormat> FORMATS =
      List.of(new SafetensorsFormat(), new NpzFormat());

  private ProgramFiles() {}

  static List<String> names() {
    return FORMATS.stream().map(ModelFormat::name).toList();
  }

  private static ModelFormat format(Path file) {
    return FORMATS.stream().filter(each -> each.handles(file)).findFirst().orElseThrow();
  }

  static GlobalModel read(Path file) throws TrainingException {
    return format(file).read(file);
  }

  static void write(GlobalModel model, Path file) throws TrainingException {
    format(file).write(model, file);
  }
}
