import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.training.data.Examples;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Streams all examples of a file once for each line that it reads, in stored order, and prints the
/// seconds that it took.
class NpzPeer {

  public static void main(String[] words) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      long start = System.nanoTime();
      double sum = 0;
      try (var examples = Examples.open(Path.of(words[0]), Split.TRAIN);
          var batches = examples.batches(256, null)) {
        for (var batch = batches.next(); batch != null; batch = batches.next()) {
          sum += batch.features()[0];
        }
      }
      if (Double.isNaN(sum)) {
        throw new IllegalStateException("the values are not those that were written");
      }
      System.out.println((System.nanoTime() - start) / 1e9);
    }
  }
}
