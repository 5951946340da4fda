package ai.cifer.secagg.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.Coefficients;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileJournalTest {
  private static final List<String> ENTRIES = List.of("first", "second entry", "x");

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("rounds.journal");
    try (FileJournal journal = FileJournal.open(file)) {
      for (String entry : ENTRIES) {
        journal.append(entry.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private List<String> read() throws IOException {
    try (FileJournal journal = FileJournal.open(file)) {
      return texts(journal);
    }
  }

  private static List<String> texts(FileJournal journal) throws IOException {
    return journal.entries().stream()
        .map(entry -> new String(entry, StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void remembersAndLetsOnlyItsOwnerRead() throws IOException {
    assertThat(read()).isEqualTo(ENTRIES);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void cutsOffATornTailWhereverTheCrashWasAndGoesOn() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    int lastEntry = whole.length - 13;
    for (int length = lastEntry; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (FileJournal journal = FileJournal.open(file)) {
        assertThat(texts(journal)).isEqualTo(ENTRIES.subList(0, 2));
        journal.append("third".getBytes(StandardCharsets.UTF_8));
      }
      assertThat(read()).containsExactly("first", "second entry", "third");
    }
  }

  @Test
  void survivesATailOfZerosOrGarbage() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length + 100));
    assertThat(read()).isEqualTo(ENTRIES);

    byte[] garbled = whole.clone();
    garbled[whole.length - 1] ^= 1;
    Files.write(file, garbled);
    assertThat(read()).isEqualTo(ENTRIES.subList(0, 2));
  }

  @Test
  void refusesDamageBeforeTheLastEntry() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length - 13; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 4;
      Files.write(file, damaged);
      assertThatThrownBy(this::read).as("byte %d", at).isInstanceOf(JournalCorrupt.class);
    }
  }

  @Test
  void isUsedByOneOnly() throws IOException {
    try (FileJournal first = FileJournal.open(file)) {
      assertThat(first.entries()).hasSize(3);
      assertThatThrownBy(() -> FileJournal.open(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void replacesAllEntriesAtOnce() throws IOException {
    try (FileJournal journal = FileJournal.open(file)) {
      journal.replaceAll(List.of("only".getBytes(StandardCharsets.UTF_8)));
      journal.append("more".getBytes(StandardCharsets.UTF_8));
      assertThat(texts(journal)).containsExactly("only", "more");
    }
    assertThat(read()).containsExactly("only", "more");
    assertThat(folder.toFile().list()).containsExactly("rounds.journal");
  }

  @Test
  void aHelperRemembersWhatItSignedAndErasesWhatIsObsolete() throws IOException {
    Path state = folder.resolve("helper.journal");
    SegmentKey old = new SegmentKey("f", "r", 1, 0, 0);
    SegmentKey current = new SegmentKey("f", "r", 2, 0, 0);
    HelperJournal.Certified value =
        new HelperJournal.Certified(
            Bytes.zeros(32), Bytes.sha256(), Coefficients.of(new int[] {1, 2, 3}));
    try (FileJournal file = FileJournal.open(state)) {
      HelperJournal journal = new HelperJournal(file);
      journal.accept("f", "r", new RoundRegister.Accepted(1, Bytes.zeros(32)));
      journal.certify(old, value);
      journal.reveal(old);
      journal.accept("f", "r", new RoundRegister.Accepted(2, Bytes.zeros(32)));
      journal.certify(current, value);
      assertThatThrownBy(() -> journal.certify(current, value))
          .isInstanceOf(IllegalStateException.class);
    }
    try (FileJournal file = FileJournal.open(state)) {
      int before = file.entries().size();
      HelperJournal journal = new HelperJournal(file);
      assertThat(journal.certified(current)).contains(value);
      assertThat(journal.isRevealed(current)).isFalse();
      assertThat(journal.certified(old)).isEmpty();
      assertThat(file.entries()).hasSize(before - 3);
    }
  }

  @Test
  void aHelpersJournalDoesNotGrowWithTheRounds() throws IOException {
    Path state = folder.resolve("helper.journal");
    HelperJournal.Certified value =
        new HelperJournal.Certified(
            Bytes.zeros(32), Bytes.sha256(), Coefficients.of(new int[] {1, 2, 3}));
    try (FileJournal file = FileJournal.open(state)) {
      HelperJournal journal = new HelperJournal(file);
      int most = 0;
      for (int round = 1; round <= 200; round++) {
        journal.accept("f", "r", new RoundRegister.Accepted(round, Bytes.zeros(32)));
        SegmentKey key = new SegmentKey("f", "r", round, 0, 0);
        journal.certify(key, value);
        journal.reveal(key);
        most = Math.max(most, file.entries().size());
        if (round % 2 == 0) {
          journal.complete(
              "f", "r", new RoundRegister.Completed(round, Bytes.zeros(32), Bytes.zeros(32)));
          assertThat(journal.certified(key)).isEmpty();
          assertThatThrownBy(() -> journal.certify(key, value))
              .isInstanceOf(IllegalStateException.class);
        } else {
          assertThat(journal.certified(key)).contains(value);
        }
      }
      assertThat(most).isLessThan(50);
    }
    try (FileJournal file = FileJournal.open(state)) {
      HelperJournal journal = new HelperJournal(file);
      assertThat(journal.latest("f", "r").orElseThrow().round()).isEqualTo(200);
      assertThat(journal.completed("f", "r").orElseThrow().round()).isEqualTo(200);
      assertThat(file.entries()).hasSize(2);
    }
  }

  @Test
  void aClientRemembersItsContributions() throws IOException {
    Path state = folder.resolve("client.journal");
    Bytes model = Bytes.sha256(new byte[] {9});
    try (FileJournal file = FileJournal.open(state)) {
      ClientJournal journal = new ClientJournal(file);
      journal.accept("f", "r", new RoundRegister.Accepted(5, model));
      journal.contribute("f", "r", 5, model);
      journal.complete("f", "r", new RoundRegister.Completed(5, model, model));
    }
    try (FileJournal file = FileJournal.open(state)) {
      ClientJournal journal = new ClientJournal(file);
      assertThat(journal.hasContributed("f", "r", 5, model)).isTrue();
      assertThat(journal.hasContributed("f", "r", 6, model)).isFalse();
      assertThat(journal.lastRun("f", model)).contains("r");
      assertThat(journal.latest("f", "r")).contains(new RoundRegister.Accepted(5, model));
      assertThat(journal.completed("f", "r"))
          .contains(new RoundRegister.Completed(5, model, model));
    }
  }
}
