package ai.cifer.training.model;

import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.TrainingException;
import java.nio.file.Path;
import java.util.ServiceLoader;

/// Reads the files that it is given and prints for each the milliseconds until it was refused; run
/// with little memory by [HostileFilesTest].
final class HostileFiles {

  private HostileFiles() {}

  public static void main(String[] files) {
    for (String name : files) {
      Path file = Path.of(name);
      long start = System.nanoTime();
      String answer = "read";
      for (ModelFormat format : ServiceLoader.load(ModelFormat.class)) {
        if (format.handles(file)) {
          try {
            format.read(file).tensors().close();
          } catch (TrainingException refused) {
            answer = "refused";
          }
        }
      }
      System.out.println(
          answer + " " + (System.nanoTime() - start) / 1_000_000 + " " + file.getFileName());
    }
  }
}
