package ai.cifer.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.history.Events;
import ai.cifer.cli.history.RunDocument;
import ai.cifer.cli.history.RunRecorder;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void identicalOnlyIfEveryRoundsModelIs() {
    RunDocument both = run(1, 2);
    Comparison same = Comparison.of("runs/x", both, run(1, 2));
    assertThat(same.identical()).isTrue();
    Comparison other = Comparison.of("runs/x", both, run(1, 3));
    assertThat(other.identical()).isFalse();
    assertThat(other.difference()).isEqualTo("the models differ since round 2");
    Comparison shorter = Comparison.of("runs/x", both, run(1));
    assertThat(shorter.identical()).isFalse();
    assertThat(shorter.difference()).contains("different numbers of rounds: 2 and 1");
    assertThat(Comparison.of("runs/x", run(), run()).identical()).isFalse();
  }

  @Test
  void sideBySide() {
    assertThat(Comparison.of("runs/x", run(1, 2), run(1, 2)).lines())
        .contains(
            "accuracy                         80.00 %       80.00 %",
            "seconds, all rounds                 18.6          18.6",
            "  times float32                    1.043         1.043");
  }

  private static RunDocument run(int... rounds) {
    RunRecorder recorder = new RunRecorder();
    recorder.on(Events.started());
    for (int round : rounds) {
      recorder.on(Events.completed(round, Events.CLIENTS));
    }
    return recorder.document(Path.of("runs", "x"), Optional.empty(), 0).orElseThrow();
  }
}
