package ai.cifer.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignalTest {

  @TempDir Path folder;

  @Test
  void whoeverWaitsGoesOnOnceItIsGiven() throws IOException, InterruptedException {
    Path file = folder.resolve("begin");
    CountDownLatch passed = new CountDownLatch(1);
    Thread waiting =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                Signal.await(file);
                passed.countDown();
              } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
              }
            });
    assertThat(passed.getCount()).isEqualTo(1);
    Signal.give(file, "");
    assertThat(passed.await(30, TimeUnit.SECONDS)).isTrue();
    waiting.join();
  }

  @Test
  void theTextIsThereOnceItIsGivenAndNothingElseIsLeft() throws IOException {
    Path file = folder.resolve("port");
    assertThat(Signal.text(file)).isEmpty();
    Signal.give(file, "5000");
    assertThat(Signal.text(file)).contains("5000");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }
}
