package ai.cifer.secagg.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.journal.DrawRegister.Drawn;
import ai.cifer.secagg.journal.RoundRegister.Accepted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is remembered of draws, and for how long.
class HelperJournalTest {
  private static final String FEDERATION = "federation";
  private static final Bytes HASH = Bytes.sha256(new byte[] {1});

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("journal");
  }

  @Test
  void aDrawIsRemembered_untilALaterRoundOfItsRunIsAccepted_alsoAfterARestart() throws IOException {
    try (FileJournal file = FileJournal.open(file())) {
      HelperJournal journal = new HelperJournal(file);
      journal.draw(FEDERATION, "run", new Drawn(1, 1, HASH));
      journal.draw(FEDERATION, "run", new Drawn(1, 2, HASH));
      journal.accept(FEDERATION, "run", new Accepted(1, HASH));
      assertThat(journal.drawn(FEDERATION, "run")).contains(new Drawn(1, 2, HASH));
    }
    try (FileJournal file = FileJournal.open(file())) {
      HelperJournal journal = new HelperJournal(file);
      assertThat(journal.drawn(FEDERATION, "run")).contains(new Drawn(1, 2, HASH));
      assertThatThrownBy(() -> journal.draw(FEDERATION, "run", new Drawn(1, 2, HASH)))
          .isInstanceOf(IllegalStateException.class);
      journal.accept(FEDERATION, "run", new Accepted(2, HASH));
      assertThat(journal.drawn(FEDERATION, "run")).isEmpty();
    }
    try (FileJournal file = FileJournal.open(file())) {
      assertThat(new HelperJournal(file).drawn(FEDERATION, "run")).isEmpty();
    }
  }

  /// Runs that a coordinator makes up, and of which no round is ever accepted.
  @Test
  void neitherMemoryNorDiskGrowWithTheRunsThatDrew() throws IOException {
    int last = 4 * HelperJournal.MOST_DRAWN;
    long once = 0;
    try (FileJournal file = FileJournal.open(file())) {
      HelperJournal journal = new HelperJournal(file);
      for (int run = 0; run <= last; run++) {
        journal.draw(FEDERATION, "run-" + run, new Drawn(1, 1, HASH));
        if (run == HelperJournal.MOST_DRAWN) {
          once = Files.size(file());
        }
      }
      assertThat(Files.size(file())).isLessThan(3 * once);
      assertRemembered(journal, last);
    }
    try (FileJournal file = FileJournal.open(file())) {
      assertRemembered(new HelperJournal(file), last);
    }
  }

  private static void assertRemembered(HelperJournal journal, int last) {
    assertThat(journal.drawn(FEDERATION, "run-" + (last - HelperJournal.MOST_DRAWN))).isEmpty();
    for (int run = last - HelperJournal.MOST_DRAWN + 1; run <= last; run++) {
      assertThat(journal.drawn(FEDERATION, "run-" + run)).isPresent();
    }
  }
}
