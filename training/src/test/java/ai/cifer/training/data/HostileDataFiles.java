package ai.cifer.training.data;

import ai.cifer.fedlearn.train.Dataset.Batches;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.TrainingException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/// Opens the files that it is given and reads a batch of each, as a training would, and prints the
/// milliseconds of processor time until it was refused; run with little memory by
/// [HostileDataFilesTest].
final class HostileDataFiles {

  private HostileDataFiles() {}

  public static void main(String[] files) {
    for (String name : files) {
      long start = nanos();
      String answer;
      try (Table table = Table.open(Path.of(name), Split.TRAIN);
          Batches batches = table.prepared(Preprocessing.NONE).batches(32, null)) {
        batches.next();
        answer = "read";
      } catch (TrainingException refused) {
        answer = "refused: " + refused.getMessage();
      }
      System.out.printf(
          "%d %s %s%n", (nanos() - start) / 1_000_000, Path.of(name).getFileName(), answer);
    }
  }

  /// Of this thread, whatever else the machine does.
  private static long nanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
