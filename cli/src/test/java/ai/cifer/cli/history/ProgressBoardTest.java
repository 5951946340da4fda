package ai.cifer.cli.history;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.terminal.Glyphs;
import ai.cifer.fedlearn.history.RunEvent;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressBoardTest {

  private long nanos;
  private final ProgressBoard board = new ProgressBoard(Glyphs.ASCII, () -> nanos);

  @Test
  void nothingIsShownForWhatIsQuick() {
    board.roundOpened(List.of("a", "b"));
    progress("a", "train", 1, 10);
    assertThat(board.text()).isEmpty();
    after(3);
    assertThat(board.text()).isNotEmpty();
  }

  @Test
  void theMeanOfAllWhoTakePart() {
    board.roundOpened(List.of("a", "b"));
    progress("a", "train", 5, 10);
    after(3);
    assertThat(board.text())
        .isEqualTo("   training     ######..................  25 %   0 of 2 done   3 s");
  }

  @Test
  void whoIsFurtherCountsAsDone() {
    board.roundOpened(List.of("a", "b"));
    progress("a", "encrypt", 1, 10);
    progress("b", "train", 5, 10);
    after(2);
    assertThat(board.text())
        .isEqualTo("   training     ##################......  75 %   1 of 2 done   2 s");
  }

  @Test
  void whoIsGoneIsNotWaitedFor() {
    board.roundOpened(List.of("a", "b"));
    progress("a", "train", 10, 10);
    progress("b", "train", 1, 10);
    after(2);
    board.gone("b");
    assertThat(board.text()).isEmpty();
  }

  @Test
  void theCoordinatorsOwnStepsCountNoClients() {
    board.roundOpened(List.of("a", "b"));
    progress("a", "train", 10, 10);
    progress("coordinator", "evaluate", 1, 4);
    after(2);
    assertThat(board.text()).isEqualTo("   evaluating   ######..................  25 %   2 s");
  }

  @Test
  void waitingShowsForHowLong() {
    board.waiting("2 more clients");
    after(75);
    assertThat(board.text()).isEqualTo("   waiting: 2 more clients   1 min 15 s");
    board.roundOpened(List.of("a"));
    assertThat(board.text()).isEmpty();
  }

  private void progress(String who, String step, long done, long total) {
    board.progress(new RunEvent.Progress(1, who, step, done, total));
  }

  private void after(long seconds) {
    nanos += TimeUnit.SECONDS.toNanos(seconds);
  }
}
