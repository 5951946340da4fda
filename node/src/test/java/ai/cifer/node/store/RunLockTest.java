package ai.cifer.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.history.RunEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RunLockTest {
  private static final int TAKEN = 3;

  @TempDir Path runs;
  private RunFolder folder;

  @BeforeEach
  void create() throws IOException {
    folder = RunFolder.create(runs, "r");
  }

  /// What the other process does.
  public static void main(String[] words) throws IOException {
    System.exit(RunLock.take(RunFolder.of(Path.of(words[0]), "r")).isPresent() ? TAKEN : 0);
  }

  private boolean anotherProcessTakesIt() throws Exception {
    Process other =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    RunLockTest.class.getName(),
                    runs.toString()))
            .inheritIO()
            .start();
    assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(other.exitValue()).isIn(0, TAKEN);
    return other.exitValue() == TAKEN;
  }

  /// Reading the log of a run, as one that goes on does, took the lock away that was on it.
  @Test
  void noOtherProcessTakesIt_whateverOfTheRunIsReadMeanwhile() throws Exception {
    try (RunLock held = RunLock.take(folder).orElseThrow()) {
      assertThat(held).isNotNull();
      try (EventLog log = EventLog.create(folder.events(), InstantSource.system())) {
        log.on(new RunEvent.Joined("client-1", "client"));
        assertThat(EventLog.saysCompleted(folder.events(), 1)).isFalse();
        assertThat(RunLock.take(folder)).isEmpty();
        assertThat(anotherProcessTakesIt()).isFalse();
      }
    }
    assertThat(anotherProcessTakesIt()).isTrue();
  }

  @Test
  void itStays_whileTheRunIsDiscarded() throws Exception {
    RunLock held = RunLock.take(folder).orElseThrow();
    Files.createDirectories(folder.segments(1));
    Files.createFile(folder.events());
    folder.discard();
    assertThat(folder.segments(1)).doesNotExist();
    assertThat(folder.events()).doesNotExist();
    assertThat(anotherProcessTakesIt()).isFalse();
    held.close();
    RunLock.take(folder).orElseThrow().close();
  }
}
