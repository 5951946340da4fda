package ai.cifer.training.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.training.data.Partition;
import ai.cifer.training.data.PartitionFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Four processes unpack the engine's natives into one empty folder at the same moment, as a first
/// demo does, and train to the same bits.
@Tag("slow")
class ProcessesStartTogetherTest {

  private static final Path DATA = Path.of("../examples/data/fashion_mnist_26k.npz");

  @TempDir Path folder;

  @Test
  void nativesAreUnpackedOnceAndUpdatesAreEqual() throws Exception {
    Path small = PartitionFiles.write(DATA, Partition.iid(16_000, 32, 1), folder).getFirst();
    Path cache = folder.resolve("cache");
    List<Process> processes = new ArrayList<>();
    List<Path> results = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Path result = folder.resolve("digest-" + i);
      results.add(result);
      var builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "--enable-native-access=ALL-UNNAMED",
              "-Xmx128m",
              "-cp",
              System.getProperty("java.class.path"),
              TrainingDigest.class.getName(),
              small.toString(),
              result.toString());
      builder.environment().put("DJL_CACHE_DIR", cache.toString());
      builder.inheritIO();
      processes.add(builder.start());
    }
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }
    String first = Files.readString(results.getFirst());
    for (Path result : results) {
      assertThat(Files.readString(result)).isEqualTo(first);
    }
    try (Stream<Path> left = Files.list(cache.resolve("pytorch"))) {
      assertThat(left.map(path -> String.valueOf(path.getFileName())))
          .as("the lock, one set of natives, no drafts")
          .hasSize(2)
          .allMatch(name -> name.equals("cifer.lock") || name.startsWith("2.7.1-"));
    }
  }
}
