package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.node.store.Damaged;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.MalformedMessage;
import ai.cifer.secagg.journal.FileJournal;
import ai.cifer.secagg.journal.JournalCorrupt;
import ai.cifer.secagg.message.CertifiedCohort;
import ai.cifer.transport.Envelope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What the coordinator took in of one round, on its disk: read again, it stands where it stood
/// before its process ended.
///
/// Nothing is done because of an entry, and nobody is told that it counts, before [#keep]. Entries
/// that were lost with the process because nothing followed from them yet are asked for again.
///
/// ```
/// | number of a draw | ... | ROUND_OPEN | event, with the message that it came of | ... |
/// ```
final class RoundJournal implements AutoCloseable {
  private static final int VERSION = 1;
  private static final String DRAW = "cifer.round.draw";
  private static final String OPENED = "cifer.round.opened";
  private static final String TAKEN = "cifer.round.taken";
  private static final String CERTIFIED = "cifer.round.certified";
  private static final String SUM = "cifer.round.sum";

  /// Longest message, [FileJournal]'s own bound.
  private static final int MAX_BYTES = 1 << 24;

  private static final int MAX_NAME = 1 << 10;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// One thing that happened.
  sealed interface Entry {}

  /// Helpers are being drawn.
  record DrawBegun(int number) implements Entry {}

  /// The round opened.
  ///
  /// @param message the ROUND_OPEN, as it is sent
  record Opened(Bytes message) implements Entry {}

  /// An event of the phase machine.
  ///
  /// @param sender who sent the message that it came of; empty if it came of none
  /// @param message that message; empty if it came of none
  /// @param event empty if the message is a part of what is waited for
  record Taken(String sender, Optional<Envelope> message, Optional<RoundEvent> event)
      implements Entry {}

  /// Helpers are asked to reveal.
  ///
  /// @param cohort what they signed, and their signatures: a further attempt may have to show it
  ///   when what it was made of is gone
  record Certified(CertifiedCohort cohort) implements Entry {}

  /// A segment was opened, and its mean is on the disk.
  ///
  /// @param clients in the sum
  /// @param result what the round's result says of it
  /// @param mean SHA-256 of the values of its mean
  record SumOpened(RoundEvent.SegmentOpened event, int clients, Bytes result, Bytes mean)
      implements Entry {}

  private final Path file;
  private final FileJournal journal;
  private boolean unforced;

  private RoundJournal(Path file, FileJournal journal) {
    this.file = file;
    this.journal = journal;
  }

  /// Opens the journal of a round, or begins it.
  ///
  /// @throws Damaged if it cannot be read
  static RoundJournal open(Path file) throws IOException {
    try {
      return new RoundJournal(file, FileJournal.open(file));
    } catch (JournalCorrupt damaged) {
      throw new Damaged(file, String.valueOf(damaged.getMessage()), damaged);
    }
  }

  /// @throws UncheckedIOException if the disk does not take it
  void add(Entry entry) {
    onDisk(() -> journal.add(encode(entry)));
    unforced = true;
  }

  /// Has all entries on the disk when it returns.
  ///
  /// @throws UncheckedIOException if they may not be there
  void keep() {
    if (unforced) {
      onDisk(journal::force);
      unforced = false;
    }
  }

  private interface DiskStep {
    void run() throws IOException;
  }

  private static void onDisk(DiskStep step) {
    try {
      step.run();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Everything that was taken in, in order.
  ///
  /// @throws Damaged if an entry is none of this version
  void read(Consumer<Entry> each) throws IOException {
    List<String> damaged = new ArrayList<>();
    journal.read(bytes -> {
      if (damaged.isEmpty()) {
        try {
          each.accept(decode(bytes));
        } catch (MalformedMessage | JacksonException malformed) {
          damaged.add(String.valueOf(malformed.getMessage()));
        }
      }
    });
    if (!damaged.isEmpty()) {
      throw new Damaged(file, damaged.getFirst(), null);
    }
  }

  private static byte[] encode(Entry entry) {
    return switch (entry) {
      case DrawBegun(int number) -> FieldWriter.of(DRAW, VERSION).u31(number).toByteArray();
      case Opened(Bytes message) -> FieldWriter.of(OPENED, VERSION).bytes(message).toByteArray();
      case Taken(String sender, Optional<Envelope> message, Optional<RoundEvent> event) ->
          FieldWriter.of(TAKEN, VERSION)
              .text(sender)
              .text(message.map(Envelope::kind).orElse(""))
              .bytes(message.map(Envelope::body).orElse(new byte[0]))
              .text(event.map(RoundJournal::word).orElse(""))
              .bytes(event.map(RoundJournal::json).orElse(new byte[0]))
              .toByteArray();
      case Certified(CertifiedCohort cohort) ->
          FieldWriter.of(CERTIFIED, VERSION).bytes(cohort.encode()).toByteArray();
      case SumOpened(RoundEvent.SegmentOpened event, int clients, Bytes result, Bytes mean) ->
          FieldWriter.of(SUM, VERSION)
              .u31(event.segment())
              .u31(event.attempt())
              .i64(event.examples())
              .u31(clients)
              .bytes(result)
              .bytes(mean)
              .toByteArray();
    };
  }

  private static Entry decode(byte[] bytes) {
    String label = FieldReader.label(bytes);
    return FieldReader.decode(
        bytes,
        label,
        VERSION,
        in ->
            switch (label) {
              case DRAW -> new DrawBegun(in.u31());
              case OPENED -> new Opened(in.bytes(MAX_BYTES));
              case TAKEN -> taken(in);
              case CERTIFIED ->
                  new Certified(CertifiedCohort.decode(in.bytes(MAX_BYTES).toByteArray()));
              case SUM ->
                  new SumOpened(
                      new RoundEvent.SegmentOpened(in.u31(), in.u31(), in.i64()),
                      in.u31(),
                      in.bytes(MAX_NAME),
                      in.bytes(MAX_NAME));
              default -> throw new MalformedMessage("label: %s".formatted(label));
            });
  }

  private static Entry taken(FieldReader in) {
    String sender = in.text(MAX_NAME);
    String kind = in.text(MAX_NAME);
    Bytes body = in.bytes(MAX_BYTES);
    String word = in.text(MAX_NAME);
    Bytes event = in.bytes(MAX_BYTES);
    return new Taken(
        sender,
        kind.isEmpty() ? Optional.empty() : Optional.of(new Envelope(kind, "", body.toByteArray())),
        word.isEmpty() ? Optional.empty() : Optional.of(event(word, event)));
  }

  private static String word(RoundEvent event) {
    return event.getClass().getSimpleName();
  }

  private static byte[] json(RoundEvent event) {
    return JSON.writeValueAsString(event).getBytes(StandardCharsets.UTF_8);
  }

  private static RoundEvent event(String word, Bytes json) {
    Class<? extends RoundEvent> type =
        Stream.concat(
                permitted(RoundEvent.class).filter(each -> !each.isInterface()),
                permitted(RoundEvent.OfSegment.class))
            .filter(each -> each.getSimpleName().equals(word))
            .findFirst()
            .orElseThrow(() -> new MalformedMessage("event: %s".formatted(word)));
    @Nullable RoundEvent event = JSON.readValue(json.toByteArray(), type);
    if (event == null) {
      throw new MalformedMessage("event: null");
    }
    return event;
  }

  private static Stream<Class<? extends RoundEvent>> permitted(Class<? extends RoundEvent> type) {
    return Stream.of(type.getPermittedSubclasses()).map(each -> each.asSubclass(RoundEvent.class));
  }

  @Override
  public void close() throws IOException {
    journal.close();
  }
}
