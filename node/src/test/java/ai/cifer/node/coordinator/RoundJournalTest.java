package ai.cifer.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.node.store.Damaged;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.CertifiedCohort;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.transport.Envelope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundJournalTest {
  private static final List<RoundEvent> EVENTS =
      List.of(
          new RoundEvent.SegmentStored("client-1", 3, 1),
          new RoundEvent.ClientWithdrew("client-2", "\"no\", said it"),
          new RoundEvent.HelperLost("client-2", "silent"),
          new RoundEvent.HelperRestarted("client-3"),
          new RoundEvent.HelperDeclined("client-3", 0, 0, "asked"),
          new RoundEvent.SharesChecked("client-1", 0, 0, new TreeSet<>(List.of("a", "b"))),
          new RoundEvent.CohortSigned("client-1", 0, 0),
          new RoundEvent.SumRevealed("client-1", 0, 0),
          new RoundEvent.HelperBlamed("client-1", 0, 0),
          new RoundEvent.OpeningFailed(0, 0, 3, "contradiction"),
          new RoundEvent.AttemptRenounced("client-1", 0, 0),
          new RoundEvent.StatementDeclined("client-1", 0, 0, "revealed"),
          new RoundEvent.RoundStopped("disk"));

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("journal");
  }

  private static RoundJournal.Entry taken(RoundEvent event) {
    return new RoundJournal.Taken("", Optional.empty(), Optional.of(event));
  }

  private List<RoundJournal.Entry> read() throws IOException {
    List<RoundJournal.Entry> entries = new ArrayList<>();
    try (RoundJournal journal = RoundJournal.open(file())) {
      journal.read(entries::add);
    }
    return entries;
  }

  private void write(List<RoundJournal.Entry> entries) throws IOException {
    try (RoundJournal journal = RoundJournal.open(file())) {
      entries.forEach(journal::add);
      journal.keep();
    }
  }

  @Test
  void whatIsReadIsWhatWasWritten() throws Exception {
    List<RoundJournal.Entry> entries = new ArrayList<>();
    entries.add(new RoundJournal.DrawBegun(2));
    entries.add(new RoundJournal.Opened(Bytes.of(new byte[] {1, 2, 3})));
    EVENTS.forEach(event -> entries.add(taken(event)));
    Bytes ctx = Bytes.sha256(new byte[] {3});
    entries.add(
        new RoundJournal.Certified(
            new CertifiedCohort(
                new Cohort(ctx, 1, 2, List.of(new Cohort.Entry("client-1", ctx))),
                List.of(new CohortSignature(ctx, "client-1", 1, 2, ctx, ctx)))));
    entries.add(
        new RoundJournal.SumOpened(
            new RoundEvent.SegmentOpened(1, 2, 1L << 40),
            4,
            Bytes.sha256(new byte[] {1}),
            Bytes.sha256(new byte[] {2})));
    write(entries);
    assertThat(read()).isEqualTo(entries);
  }

  @Test
  void aMessageIsKeptWithItsEvent() throws Exception {
    write(
        List.of(
            new RoundJournal.Taken(
                "client-1",
                Optional.of(new Envelope("reveal", "", new byte[] {7, 8})),
                Optional.of(EVENTS.get(7)))));
    assertThat(read())
        .singleElement()
        .isInstanceOfSatisfying(
            RoundJournal.Taken.class,
            taken -> {
              assertThat(taken.sender()).isEqualTo("client-1");
              assertThat(taken.message().orElseThrow().kind()).isEqualTo("reveal");
              assertThat(taken.message().orElseThrow().body()).containsExactly(7, 8);
              assertThat(taken.event()).contains(EVENTS.get(7));
            });
  }

  /// Wherever a crash cut the file off, what came before the torn entry is there.
  @Test
  void aTornEndIsCutOff() throws Exception {
    write(List.of(taken(EVENTS.get(0)), taken(EVENTS.get(1))));
    byte[] whole = Files.readAllBytes(file());
    write(List.of(taken(EVENTS.get(2))));
    byte[] longer = Files.readAllBytes(file());
    for (int length = whole.length; length < longer.length; length++) {
      Files.write(file(), Arrays.copyOf(longer, length));
      assertThat(read()).containsExactly(taken(EVENTS.get(0)), taken(EVENTS.get(1)));
    }
  }

  /// Every bit of every entry but the last one counts.
  @Test
  void damageIsNamed() throws Exception {
    write(List.of(taken(EVENTS.get(0))));
    int first = (int) Files.size(file());
    write(List.of(taken(EVENTS.get(1))));
    byte[] good = Files.readAllBytes(file());
    for (int at = 0; at < first; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 4;
      Files.write(file(), bad);
      assertThatThrownBy(this::read)
          .isInstanceOf(Damaged.class)
          .hasMessageContaining(file().toString());
    }
  }
}
