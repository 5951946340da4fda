package ai.cifer.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
class ChildrenTest {

  @Test
  void anExitIsToldWithItsCode() throws IOException, InterruptedException {
    try (Children children = new Children()) {
      start(children, "one", "exit 31");
      assertThat(children.nextExit(50, TimeUnit.SECONDS)).contains(new Children.Exit("one", 31));
    }
  }

  @Test
  void aKilledProcessIsToldWithItsSignal() throws IOException, InterruptedException {
    try (Children children = new Children()) {
      start(children, "one", "kill -9 $$");
      Children.Exit exit = children.nextExit(50, TimeUnit.SECONDS).orElseThrow();
      assertThat(exit.bySignal()).isTrue();
      assertThat(exit.signal()).isEqualTo(9);
    }
  }

  @Test
  void noneIsLeftAndNoneIsStartedAfterTheEnd() throws IOException {
    Children children = new Children();
    start(children, "obedient", "sleep 300");
    start(children, "stubborn", "trap '' TERM; while true; do sleep 1; done");
    long before = System.nanoTime();
    children.destroyAll();
    assertThat(children.isAlive("obedient")).isFalse();
    awaitDeath(children, "stubborn");
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - before)).isLessThan(30);
    assertThatThrownBy(() -> start(children, "late", "true"))
        .isInstanceOf(IOException.class)
        .hasMessage("late: not started, this process is ending");
    children.close();
  }

  private static void awaitDeath(Children children, String name) {
    while (children.isAlive(name)) {
      Thread.onSpinWait();
    }
  }

  private static void start(Children children, String name, String script) throws IOException {
    children.start(
        name, List.of("sh", "-c", script), Redirect.PIPE, Redirect.DISCARD, Redirect.DISCARD);
  }
}
