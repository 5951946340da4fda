import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.training.data.Table;
import java.nio.file.Path;

/// Reads a CSV file to float32, again and again: prints the milliseconds of each time.
///
/// Arguments: the file, how often.
final class CsvPeer {

  public static void main(String[] arguments) throws Exception {
    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
      long start = System.nanoTime();
      try (Table table = Table.open(Path.of(arguments[0]), Split.TRAIN)) {
        if (table.size() == 0) {
          throw new IllegalStateException("nothing read");
        }
      }
      System.out.println((System.nanoTime() - start) / 1e6);
    }
  }
}
